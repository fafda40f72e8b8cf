package device

import (
	"context"
	"strings"
	"time"

	"github.com/parleychat/parley/shared/fault"
	"github.com/parleychat/parley/shared/identity"
	"github.com/parleychat/parley/shared/protocol"
)

// Verifier tells whose a token is, as the authorizer of $connect wants it.
type Verifier interface {
	Verify(ctx context.Context, token string) (identity.Principal, error)
}

// Gate lets in devices by their proofs and users of devices by their passes.
type Gate struct {
	Store  Store
	Prove  func(jwt string, now time.Time) (Proof, error) // Checks a proof's signature, audience and times.
	Others Verifier                                       // For every other token.
	Now    func() time.Time
}

// Verify returns who offers a token, a proof or a pass. It returns
// fault.Unauthenticated for one that is not good, without saying why.
func (g Gate) Verify(ctx context.Context, token string) (identity.Principal, error) {
	if jwt, ok := strings.CutPrefix(token, ProofPrefix); ok {
		return g.device(ctx, jwt)
	}
	if strings.HasPrefix(token, PassPrefix) {
		return g.user(ctx, token)
	}
	return g.Others.Verify(ctx, token)
}

func (g Gate) device(ctx context.Context, jwt string) (identity.Principal, error) {
	now := g.Now()
	p, err := g.Prove(jwt, now)
	if err != nil {
		return identity.Principal{}, errRefused.Because(err)
	}
	if !identity.ValidCompany(p.Company) {
		return identity.Principal{}, errRefused
	}
	r, err := g.Store.Enrolled(ctx, p.Company, ID(p.Company, p.Key))
	if fault.Is(err, fault.NotFound) {
		return g.enrol(ctx, p, now)
	}
	if err != nil {
		return identity.Principal{}, err
	}
	if r.Key != p.Key || r.RevokedAt != 0 {
		return identity.Principal{}, errRefused
	}
	return r.Principal(), nil
}

// enrol keeps a device that shows the secret of an enrolment. One that was kept
// when the answer was lost is found the next time, and takes no second use.
func (g Gate) enrol(ctx context.Context, p Proof, now time.Time) (identity.Principal, error) {
	if p.Enrol == "" || !identity.Printable(p.Name, identity.MaxName) {
		return identity.Principal{}, errRefused
	}
	e, err := g.Store.Enrolment(ctx, p.Company, Hash(p.Enrol))
	if fault.Is(err, fault.NotFound) || err == nil && !e.Admits(now) {
		return identity.Principal{}, errRefused
	}
	if err != nil {
		return identity.Principal{}, err
	}
	r := Record{
		ID: ID(p.Company, p.Key), Company: p.Company, Name: p.Name, Group: e.Group, Key: p.Key,
		Enrolment: e.Hash, EnrolledAt: protocol.At(now),
	}
	if err := g.Store.Enrol(ctx, e, r); err != nil {
		if fault.Is(err, fault.Conflict) {
			return identity.Principal{}, errRefused
		}
		return identity.Principal{}, err
	}
	return r.Principal(), nil
}

// user lets a browser in by a pass, as long as its device is welcome.
func (g Gate) user(ctx context.Context, offered string) (identity.Principal, error) {
	secret, key, ok := parts(offered)
	if !ok {
		return identity.Principal{}, errRefused
	}
	now := g.Now()
	p, err := g.Store.Pass(ctx, Hash(secret))
	if fault.Is(err, fault.NotFound) {
		return identity.Principal{}, errRefused
	}
	if err != nil {
		return identity.Principal{}, err
	}
	bind, ok := p.Redeems(key, now)
	if !ok {
		return identity.Principal{}, errRefused
	}
	r, err := g.Store.Enrolled(ctx, p.User.Company, p.User.Machine.ID)
	if fault.Is(err, fault.NotFound) || err == nil && r.RevokedAt != 0 {
		return identity.Principal{}, errRefused
	}
	if err != nil {
		return identity.Principal{}, err
	}
	if bind {
		p.Bound = Hash(key)
		if err := g.Store.Bind(ctx, p, now.Add(PageTerm)); err != nil {
			if fault.Is(err, fault.Conflict) {
				return identity.Principal{}, errRefused
			}
			return identity.Principal{}, err
		}
	}
	return p.User, nil
}
