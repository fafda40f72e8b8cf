package protocol

import "reflect"

// Command is one command of the wire, for the generated clients and documents
// and for the tests that hold the routes against it.
type Command struct {
	Name    string // noun.verb
	Summary string
	Data    reflect.Type
	Reply   reflect.Type
}

// News is one push of the wire.
type News struct {
	Name    string // noun.past
	Summary string
	Data    reflect.Type
}

// Commands are all the commands, by noun.
var Commands = []Command{
	command[Hello, Welcome]("presence.hello", "Opens the connection for pushes and tells who the caller is."),
	command[Beat, Beaten]("presence.beat", "Renews the lease on the caller's presence, and brings sessions that the page does not know of."),
	command[ReportActivity, Empty]("presence.report", "An end user went away or came back."),
	command[SetAvailability, Empty]("presence.set", "Sets a technician's own presence."),
	command[Watch, Watched]("presence.watch", "Lists who is there in some companies, and follows it."),
	command[ListRoster, Listed]("presence.list", "Brings another page of who is there."),
	command[CheckIn, CheckedIn]("presence.check", "A device agent tells of its device and who is logged on."),
	command[Admit, Admitted]("presence.admit", "A device agent lets a user in at the page that it opens for them."),
	command[Notify, Notified]("presence.notify", "A technician shows a contact a text, without a session."),
	command[Acknowledge, Empty]("presence.acknowledge", "A contact has read such a text."),

	command[StartSession, SessionReply]("session.start", "A technician begins a session with a contact who is online."),
	command[RequestSession, SessionReply]("session.request", "A contact asks for help."),
	command[NameSession, SessionReply]("session.approve", "A contact agrees to a session."),
	command[NameSession, SessionReply]("session.refuse", "A contact does not agree to a session, or a technician to a transfer."),
	command[NameSession, SessionReply]("session.cancel", "A technician withdraws before the contact has agreed."),
	command[JoinSession, SessionReply]("session.join", "A technician joins a session, or answers a request."),
	command[TakeSession, SessionReply]("session.take", "A technician takes a session over."),
	command[TransferSession, SessionReply]("session.transfer", "A technician offers a session to another, or to all."),
	command[NameSession, SessionReply]("session.leave", "A participant leaves; the session goes on."),
	command[EndSession, SessionReply]("session.end", "Ends the session for everybody."),
	command[AskCallback, SessionReply]("session.callback", "A contact leaves a number to be called."),
	command[NameSession, SessionReply]("session.nudge", "Calls for the other side's attention."),
	command[InviteGuest, SessionReply]("session.invite", "A technician lets somebody without an account in, by a code or a link."),
	command[RevokeGuest, SessionReply]("session.revoke", "A technician withdraws an invite."),
	command[Empty, Office]("session.office", "Tells whether somebody is there to answer."),

	command[Post, Posted]("message.post", "Says something."),
	command[Hide, Posted]("message.hide", "Sends a text that is shown once."),
	command[Reveal, Revealed]("message.reveal", "Shows a secret to one other participant, once."),
	command[ShowImage, Image]("message.image", "Brings the image of a message."),
	command[Type, Empty]("message.type", "Tells that the caller is or stopped typing."),
	command[Resume, Resumed]("message.resume", "Brings what was missed, and all pushes of the session from now on."),
	command[Read, Empty]("message.read", "Tells how far the caller has come."),
	command[List, Page]("message.list", "Brings a page of the transcript."),

	command[Ring, SessionReply]("call.ring", "Calls the others in the session."),
	command[Answer, SessionReply]("call.answer", "Accepts or declines a call."),
	command[Signal, Empty]("call.signal", "Carries a description or candidate to another peer."),
	command[HangUp, SessionReply]("call.leave", "Leaves a call."),
	command[NameSession, ICEServers]("call.servers", "Brings STUN and TURN servers with fresh credentials."),
	command[ReportPath, Empty]("call.report", "Tells which way the media takes."),

	command[OpenTicket, TicketReply]("ticket.open", "A technician makes a ticket for a contact."),
	command[CloseTicket, TicketReply]("ticket.close", "A technician closes a ticket."),
	command[NameTicket, TicketReply]("ticket.reopen", "A technician opens a closed ticket again."),
	command[ListTickets, TicketPage]("ticket.list", "Brings a page of tickets."),
	command[NameTicket, TicketShown]("ticket.show", "Brings a ticket and its sessions."),

	command[ListRecords, Records]("directory.list", "Brings a page of the directory."),
	command[NameRecord, Record]("directory.show", "Brings a record."),
	command[PutRecord, Record]("directory.put", "Adds or changes a record."),
	command[RemoveRecord, Empty]("directory.remove", "Removes a record."),
	command[Explain, Explained]("directory.explain", "Tells what holds for a person, and which level decided it."),
	command[ListAudit, AuditPage]("directory.audit", "Brings a page of what administrators did."),
	command[Empty, Empty]("directory.follow", "Tells the connection of every change to the directory."),

	command[Empty, Settings]("admin.show", "Brings the settings."),
	command[SetSettings, Settings]("admin.set", "Sets the settings."),
	command[OfferEnrolment, Enrolment]("admin.enrol", "Makes a secret good for enrolling devices."),
	command[NameDevice, Empty]("admin.revoke", "Takes a device's key back, for good."),
}

// Pushes are all the pushes, by noun.
var Pushes = []News{
	news[PresenceChanged]("presence.changed", "Somebody who is watched came, went or changed."),
	news[PresenceNotified]("presence.notified", "A technician has something to say, without a session."),
	news[PresenceAcknowledged]("presence.acknowledged", "A contact has read what the technician had to say."),
	news[SessionChanged]("session.changed", "A session began, changed or ended."),
	news[SessionAttended]("session.attended", "A participant is connected or disconnected."),
	news[SessionQueued]("session.queued", "A request has another place among those who wait."),
	news[MessagePosted]("message.posted", "Somebody said something."),
	news[MessageTyped]("message.typed", "Somebody is or stopped typing."),
	news[MessageRead]("message.marked", "A participant has come further."),
	news[TicketChanged]("ticket.changed", "A ticket was opened, tied to a session, closed or reopened."),
	news[RecordChanged]("directory.changed", "A record of the directory is another now, or gone."),
	news[CallSignalled]("call.signalled", "Another peer sent a description or candidate."),
}

func command[Data, Reply any](name, summary string) Command {
	return Command{Name: name, Summary: summary, Data: reflect.TypeFor[Data](), Reply: reflect.TypeFor[Reply]()}
}

func news[Data any](name, summary string) News {
	return News{Name: name, Summary: summary, Data: reflect.TypeFor[Data]()}
}
