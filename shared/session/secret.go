package session

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/parleychat/parley/shared/fault"
	"github.com/parleychat/parley/shared/identity"
	"github.com/parleychat/parley/shared/protocol"
)

// Secret is a text that is shown once. The transcript has an entry that tells
// of it, never the text.
type Secret struct {
	Seq    int64           // Of the entry that tells of it.
	By     protocol.Person // Who sent it.
	Text   string
	Until  protocol.Millis // From then on nobody gets it.
	Shown  *protocol.Entry // The entry that tells who has seen it; nil as long as nobody has.
	Reveal string          // The id under which it was asked for.
}

// Hide sends a text that another participant is shown once.
func (s Session) Hide(by identity.Principal, h protocol.Hide, now time.Time) (Change, error) {
	if err := s.open(by); err != nil {
		if earlier, ok := s.posted(by, h.Message); ok && s.has(by) {
			return earlier, nil
		}
		return Change{}, err
	}
	switch {
	case h.Message == "" || len(h.Message) > protocol.MaxID || !utf8.ValidString(h.Message):
		return Change{}, fault.New(fault.Invalid, "A message has an id of 1 to %d bytes.", protocol.MaxID)
	case strings.TrimSpace(h.Text) == "" || len(h.Text) > protocol.MaxSecret || !utf8.ValidString(h.Text):
		return Change{}, fault.New(fault.Invalid, "A secret has 1 to %d bytes of text.", protocol.MaxSecret)
	case h.After < 0 || h.After > s.Seq:
		return Change{}, fault.New(fault.Invalid, "After is the last seq that you know, from 0 to %d.", s.Seq)
	}
	if earlier, ok := s.posted(by, h.Message); ok {
		return earlier, nil
	}
	c := s.says(protocol.Entry{Kind: protocol.EntrySecret, Message: h.Message}, by, now)
	c.Secret = &Secret{Seq: c.Entry.Seq, By: c.Entry.By, Text: h.Text, Until: protocol.At(now.Add(protocol.SecretLife * time.Second))}
	return c, nil
}

// Reveal shows a secret to a participant: the first who asks, and again only
// under the same id, for a minute.
func (s Session) Reveal(by identity.Principal, r protocol.Reveal, hidden Secret, now time.Time) (Change, error) {
	switch err := s.open(by); {
	case err != nil:
		return Change{}, err
	case r.Reveal == "" || len(r.Reveal) > protocol.MaxID || !utf8.ValidString(r.Reveal):
		return Change{}, fault.New(fault.Invalid, "A reveal has an id of 1 to %d bytes.", protocol.MaxID)
	case hidden.Seq == 0:
		return Change{}, fault.New(fault.Conflict, "This secret is gone: it is shown once, and only within an hour. Ask for it to be sent again.")
	case hidden.By.ID == by.ID:
		return Change{}, fault.New(fault.Forbidden, "Your own secret is for the others in this session.")
	case hidden.Shown != nil && hidden.Shown.By.ID != by.ID:
		return Change{}, fault.New(fault.Conflict, "%s has seen this secret. It is shown only once.", hidden.Shown.By.Name)
	case hidden.Shown != nil && hidden.Reveal != r.Reveal:
		return Change{}, fault.New(fault.Conflict, "You have seen this secret already. It is shown only once.")
	case !now.Before(hidden.Until.Time()):
		return Change{}, fault.New(fault.Conflict, "This secret has expired. Ask for it to be sent again.")
	case hidden.Shown != nil:
		return Change{Next: s, Entry: *hidden.Shown, Secret: &hidden, Repeat: true}, nil
	}
	c := s.says(protocol.Entry{Kind: protocol.EntryRevealed, Of: hidden.Seq}, by, now)
	hidden.Shown, hidden.Reveal = &c.Entry, r.Reveal
	hidden.Until = min(hidden.Until, protocol.At(now.Add(protocol.ShownAgain*time.Second)))
	c.Secret = &hidden
	return c, nil
}

// Reveal shows a secret. Who may not read the session is refused before the
// secret is looked for.
func (v Service) Reveal(ctx context.Context, by identity.Principal, r protocol.Reveal, now time.Time) (Change, error) {
	return v.Do(ctx, r.Session, latest, func(s Session) (Change, error) {
		if err := s.open(by); err != nil {
			return Change{}, err
		}
		hidden, err := v.Store.Hidden(ctx, r.Session, r.Seq)
		if err != nil {
			return Change{}, err
		}
		return s.Reveal(by, r, hidden, now)
	})
}
