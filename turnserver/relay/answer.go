package relay

import (
	"net/netip"
	"time"

	"github.com/parleychat/parley/turnserver/wire"
)

// answerBinding tells a client its address as we see it. It is the one
// request that everybody may make, so its answers are counted.
func (f *front) answerBinding(client netip.AddrPort) {
	if !f.mayAnswerStranger(client) {
		return
	}
	m := &f.message
	if unknown := m.Unknown(); len(unknown) > 0 {
		f.reply(wire.Build(f.answer, m.Method, wire.Failure, m.Transaction).
			Failure(unknownAttribute).Unknown(unknown).Fingerprint(), client)
		return
	}
	f.reply(f.sign(wire.Build(f.answer, m.Method, wire.Success, m.Transaction).
		Address(wire.XORMappedAddress, client)).Fingerprint(), client)
}

// refuse answers a request with an error code. A client whose key is known
// gets a sealed answer; a stranger's answers are counted, because its address
// may be forged and the answer is longer than the request.
func (f *front) refuse(r *request, code int) {
	f.server.counters.refuse(code)
	if r.key == nil && !f.mayAnswerStranger(r.client) {
		return
	}
	m := &f.message
	answer := wire.Build(f.answer, m.Method, wire.Failure, m.Transaction).Failure(code)
	switch code {
	case unauthenticated, staleNonce:
		answer = answer.
			Text(wire.Realm, f.server.config.Realm).
			Text(wire.Nonce, f.server.nonces.Issue(r.client, r.at))
	case unknownAttribute:
		answer = answer.Unknown(m.Unknown())
	}
	answer = f.sign(answer)
	if r.key != nil {
		answer = answer.Seal(r.key)
	}
	f.reply(answer, r.client)
}

// sign names our software, if it has a name for clients.
func (f *front) sign(b wire.Builder) wire.Builder {
	if name := f.server.config.Software; name != "" {
		return b.Text(wire.Software, name)
	}
	return b
}

func (f *front) reply(answer wire.Builder, client netip.AddrPort) {
	f.answer = answer.Raw()
	f.transport.answer(f.answer, client)
}

func (f *front) mayAnswerStranger(client netip.AddrPort) bool {
	if f.server.answers.Take(client.Addr(), time.Since(f.server.started)) {
		return true
	}
	f.server.counters.unanswered.Add(1)
	return false
}
