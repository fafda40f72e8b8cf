package directory

import (
	"github.com/parleychat/parley/shared/fault"
	"github.com/parleychat/parley/shared/identity"
	"github.com/parleychat/parley/shared/protocol"
)

// Around is what the directory knows around a person, the device where they
// sit and their company: the records that decide, and nil where there is none.
type Around struct {
	Settings      protocol.Settings // Of the deployment.
	Company       *protocol.Record
	Contact       *protocol.Record
	Device, Group *protocol.Record // The group is the device's.
	MachineRole   *protocol.Record // Of the device, otherwise of its group.
	Technician    *protocol.Record
	Role, Scope   *protocol.Record // The technician's.
}

// says is what one level says about a right.
type says struct {
	level  protocol.Level
	choice protocol.Choice
	by     string
}

// narrowest decides a right by the first level that says anything, the
// narrowest of them standing first.
func narrowest(right protocol.Right, otherwise bool, levels ...says) protocol.Decision {
	for _, l := range levels {
		if l.choice != protocol.Unset {
			return protocol.Decision{Right: right, Allowed: l.choice == protocol.On, Level: l.level, By: l.by}
		}
	}
	return protocol.Decision{Right: right, Allowed: otherwise, Level: protocol.LevelDefault}
}

// Chat is whether the contact may chat at all.
func (a Around) Chat() protocol.Decision {
	return narrowest(protocol.RightChat, true,
		says{protocol.LevelContact, value(a.Contact).Chat, value(a.Contact).ID},
		says{protocol.LevelCompany, value(a.Company).Chat, value(a.Company).ID},
		says{protocol.LevelDeployment, a.Settings.Chat, ""},
	)
}

// PreTicket is whether the contact may ask for help before there is a ticket.
func (a Around) PreTicket() protocol.Decision {
	return narrowest(protocol.RightPreTicket, true,
		says{protocol.LevelCompany, value(a.Company).PreTicket, value(a.Company).ID},
		says{protocol.LevelDeployment, a.Settings.PreTicket, ""},
	)
}

// Callback is whether the contact may leave a number.
func (a Around) Callback() protocol.Decision {
	return narrowest(protocol.RightCallback, true,
		says{protocol.LevelCompany, value(a.Company).Callbacks, value(a.Company).ID},
		says{protocol.LevelDeployment, a.Settings.Callbacks, ""},
	)
}

// Begin is whether the user of the device may begin a chat. A machine role that
// is gone says nothing.
func (a Around) Begin() protocol.Decision {
	level := protocol.LevelGroup
	if value(a.Device).MachineRole != "" {
		level = protocol.LevelDevice
	}
	return narrowest(protocol.RightBegin, true, says{level, value(a.MachineRole).Begin, value(a.MachineRole).ID})
}

// Ask is whether the user of the device is asked before a session begins.
func (a Around) Ask() protocol.Decision {
	deployment := says{level: protocol.LevelDeployment}
	if a.Settings.AskManaged {
		deployment.choice = protocol.On
	}
	return narrowest(protocol.RightAsk, false, says{protocol.LevelGroup, value(a.Group).Ask, value(a.Group).ID}, deployment)
}

// Resolve is the principal as the directory knows them: of a technician the
// capabilities of their role and the places of their scope instead of those of
// their token, where they have one; of somebody at a device its group. A role
// or scope that is gone gives nothing.
func (a Around) Resolve(p identity.Principal) identity.Principal {
	if p.Role == identity.Technician {
		if value(a.Technician).Role != "" {
			p.Capabilities = value(a.Role).Capabilities
		}
		if value(a.Technician).Scope != "" {
			p.Companies = value(a.Scope).Places
		}
		return p
	}
	if m := machineOf(p); m != nil {
		p.Machine = a.At(*m)
	}
	return p
}

// At is the device with the group that it is in by now.
func (a Around) At(m identity.Machine) *identity.Machine {
	m.Group = value(a.Device).Group
	return &m
}

// MayRequest returns nil where the contact may ask for help, about a ticket or
// before there is one, otherwise why not.
func (a Around) MayRequest(by identity.Principal, ticket bool) error {
	switch {
	case !a.Chat().Allowed:
		return fault.New(fault.Forbidden, "Chat is turned off for you. Ask your administrator.")
	case !ticket && !a.PreTicket().Allowed:
		return fault.New(fault.Forbidden, "Asking for help by chat is turned off. Open a ticket instead.")
	case by.Machine != nil && !a.Begin().Allowed:
		return fault.New(fault.Forbidden, "A chat cannot be begun from this device.")
	case value(a.Device).Suspended:
		return fault.New(fault.Conflict, "This device is suspended.")
	}
	return nil
}

// MayCallback returns nil where the contact may leave a number.
func (a Around) MayCallback() error {
	if !a.Callback().Allowed {
		return fault.New(fault.Forbidden, "Callbacks are turned off.")
	}
	return nil
}

// MayStart returns nil where the technician may begin a session with the
// contact, at a device or not, otherwise why not.
func (a Around) MayStart(by identity.Principal, device bool) error {
	switch {
	case device && !by.Can(identity.Direct):
		return fault.New(fault.Forbidden, "Your role has no direct access to devices.")
	case value(a.Device).Suspended:
		return fault.New(fault.Conflict, "This device is suspended.")
	case !a.Chat().Allowed:
		return fault.New(fault.Forbidden, "Chat is turned off for this contact.")
	}
	return nil
}

// Effective is all that holds for a person, and which level decided it. Of a
// technician it says whether they see the company, or what is in the group.
func (a Around) Effective(p identity.Principal, company, group string) []protocol.Decision {
	if p.Role != identity.Technician {
		all := []protocol.Decision{a.Chat(), a.PreTicket(), a.Callback()}
		if a.Device != nil || p.Machine != nil {
			all = append(all, a.Begin(), a.Ask())
		}
		return all
	}
	var all []protocol.Decision
	resolved := a.Resolve(p)
	if company != "" {
		see := protocol.Decision{Right: protocol.RightSee, Allowed: resolved.MaySee(identity.Place(company, group)), Level: protocol.LevelToken}
		if see.By = value(a.Technician).Scope; see.By != "" {
			see.Level = protocol.LevelScope
		}
		all = append(all, see)
	}
	for _, c := range identity.Capabilities {
		holds := protocol.Decision{Right: protocol.Right(c), Allowed: resolved.Can(c), Level: protocol.LevelToken}
		if holds.By = value(a.Technician).Role; holds.By != "" {
			holds.Level = protocol.LevelRole
		}
		all = append(all, holds)
	}
	return all
}
