package session

import (
	"strings"

	"github.com/parleychat/parley/shared/fault"
	"github.com/parleychat/parley/shared/identity"
	"github.com/parleychat/parley/shared/protocol"
)

// MayNotify returns nil where the principal may show a contact a notice, a text
// that begins no session, and it can be shown. To somebody who may not see the
// contact they do not exist.
func MayNotify(by identity.Principal, n protocol.Notify, to Reach) error {
	switch {
	case by.Role != identity.Technician:
		return fault.New(fault.Forbidden, "Only a technician sends a notice.")
	case !identity.ValidCompany(n.Company) || !by.MaySee(to.place(n.Company)):
		return fault.New(fault.NotFound, "There is no such contact.")
	case !identity.Printable(n.Notice, protocol.MaxID):
		return fault.New(fault.Invalid, "A notice has an id of 1 to %d bytes.", protocol.MaxID)
	case strings.TrimSpace(n.Text) == "" || len(n.Text) > protocol.MaxNotice:
		return fault.New(fault.Invalid, "A notice has 1 to %d bytes.", protocol.MaxNotice)
	case to.Activity == protocol.ActivityOffline:
		return ErrNobody
	}
	return nil
}

// MayAcknowledge returns nil where the principal may tell that they have read a
// notice.
func MayAcknowledge(by identity.Principal, a protocol.Acknowledge) error {
	switch {
	case by.Role != identity.Contact:
		return fault.New(fault.Forbidden, "Only a contact is sent notices.")
	case !identity.Printable(a.Notice, protocol.MaxID):
		return fault.New(fault.Invalid, "A notice has an id of 1 to %d bytes.", protocol.MaxID)
	}
	return nil
}
