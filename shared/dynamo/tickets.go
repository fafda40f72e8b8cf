package dynamo

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/parleychat/parley/shared/fault"
	"github.com/parleychat/parley/shared/protocol"
	"github.com/parleychat/parley/shared/ticket"
)

var (
	errNoTicket = fault.New(fault.NotFound, "There is no such ticket.")
	errNoPage   = fault.New(fault.Invalid, "After is what the page before said comes next.")
)

// Tickets is the ticket.Store on the table.
//
// A ticket stands in the list of its company by an index, and in that of its
// contact by a place in their partition, so that both are read newest first,
// a page at a time, however many there have been.
type Tickets struct{ Table }

// ticketHead is how a ticket is stored.
type ticketHead struct {
	Ticket    protocol.Ticket `json:"ticket"`
	Version   int64           `json:"version"`
	Retention int64           `json:"retention"` // Seconds.
}

func ticketKey(id string) string { return "ticket#" + id }

// ticketList is the list of a company's tickets in a state.
func ticketList(company string, state protocol.TicketState) string {
	return "tickets#" + company + "#" + string(state)
}

// ticketPrefix is of a contact's places for tickets in a state.
func ticketPrefix(state protocol.TicketState) string { return "ticket#" + string(state) + "#" }

// ticketOrder is where a ticket stands among others: by when it was made.
func ticketOrder(t protocol.Ticket) string {
	return fmt.Sprintf("%015d#%s", t.CreatedAt, strings.TrimPrefix(t.ID, t.Company+"/"))
}

// Load reads one item.
func (t Tickets) Load(ctx context.Context, id string) (ticket.Ticket, error) {
	out, err := t.Client.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: &t.Name, Key: key(ticketKey(id), "head"), ConsistentRead: aws.Bool(true),
	})
	if err != nil {
		return ticket.Ticket{}, fmt.Errorf("load ticket: %w", translate(err))
	}
	if out.Item == nil || t.expired(out.Item) {
		return ticket.Ticket{}, errNoTicket
	}
	return ticketOf(out.Item)
}

func ticketOf(i item) (ticket.Ticket, error) {
	var h ticketHead
	err := decode(i, &h)
	return ticket.Ticket{Ticket: h.Ticket, Retention: time.Duration(h.Retention) * time.Second}, err
}

// Save writes the ticket and its place in the contact's lists.
func (t Tickets) Save(ctx context.Context, next ticket.Ticket) error {
	head, err := t.ticketWrite(next)
	if err != nil {
		return err
	}
	writes := append([]types.TransactWriteItem{head}, t.ticketPlaces(next)...)
	if _, err := t.Client.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{TransactItems: writes}); err != nil {
		return fmt.Errorf("save ticket: %w", translate(err))
	}
	return nil
}

// ticketWrite is the conditional write of the ticket itself.
func (t Table) ticketWrite(next ticket.Ticket) (types.TransactWriteItem, error) {
	top, err := encode(ticketHead{Ticket: next.Ticket, Version: next.Version, Retention: int64(next.Retention.Seconds())})
	if err != nil {
		return types.TransactWriteItem{}, err
	}
	top[Schema.PartitionKey], top[Schema.SortKey] = str(ticketKey(next.ID)), str("head")
	top[Schema.IndexPartitionKey], top[Schema.IndexSortKey] = str(ticketList(next.Company, next.State)), str(ticketOrder(next.Ticket))
	forget(top, next)
	put := &types.Put{TableName: &t.Name, Item: top, ConditionExpression: aws.String("attribute_not_exists(pk)")}
	if next.Version > 1 {
		put.ConditionExpression = aws.String("version = :since")
		put.ExpressionAttributeValues = item{":since": num(next.Version - 1)}
	}
	return types.TransactWriteItem{Put: put}, nil
}

// ticketPlaces puts the ticket into the contact's list of those in its state,
// and takes it out of the other.
func (t Table) ticketPlaces(next ticket.Ticket) []types.TransactWriteItem {
	pk, order := personKey(next.Company, next.Contact.ID), ticketOrder(next.Ticket)
	place := key(pk, ticketPrefix(next.State)+order)
	place["ticket"] = str(next.ID)
	forget(place, next)
	writes := []types.TransactWriteItem{{Put: &types.Put{TableName: &t.Name, Item: place}}}
	if next.Version > 1 {
		other := protocol.TicketOpen
		if next.State == protocol.TicketOpen {
			other = protocol.TicketClosed
		}
		writes = append(writes, types.TransactWriteItem{Delete: &types.Delete{TableName: &t.Name, Key: key(pk, ticketPrefix(other)+order)}})
	}
	return writes
}

// forget says when an item of a closed ticket expires.
func forget(i item, t ticket.Ticket) {
	if t.Closing != nil {
		i[Schema.TTL] = expiry(t.Closing.At.Time().Add(t.Retention))
	}
}

// tied are the writes of the ticket that a change of a session is tied to: with
// its place in the contact's list where the change makes it.
func (t Table) tied(to protocol.Ticket) ([]types.TransactWriteItem, error) {
	next := ticket.Ticket{Ticket: to}
	head, err := t.ticketWrite(next)
	if err != nil || next.Version > 1 {
		return []types.TransactWriteItem{head}, err
	}
	return append(t.ticketPlaces(next), head), nil
}

// List reads the index, or a contact's places and then their tickets.
func (t Tickets) List(ctx context.Context, q ticket.Query) ([]ticket.Ticket, string, error) {
	_, uuid, _ := strings.Cut(q.After, "#")
	if _, err := ticket.Company(q.Company + "/" + uuid); q.After != "" && (err != nil || len(q.After) != len("000000000000000#")+len(uuid)) {
		return nil, "", errNoPage
	}
	items, more, err := t.places(ctx, q)
	if err != nil {
		return nil, "", err
	}
	tickets := make([]ticket.Ticket, 0, len(items))
	for _, i := range items {
		found, err := t.listed(ctx, i)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return nil, "", err
		}
		if err == nil && found.State == q.State { // The list may be a moment behind.
			tickets = append(tickets, found)
		}
	}
	if more {
		return tickets, orderOf(items[len(items)-1], q), nil
	}
	return tickets, "", nil
}

// orderOf is where an item stands in the list.
func orderOf(i item, q ticket.Query) string {
	in, prefix := Schema.IndexSortKey, ""
	if q.Contact != "" {
		in, prefix = Schema.SortKey, ticketPrefix(q.State)
	}
	at, _ := i[in].(*types.AttributeValueMemberS)
	return strings.TrimPrefix(at.Value, prefix)
}

// listed is the ticket of an item in a list: the ticket itself, or a place that
// names it.
func (t Tickets) listed(ctx context.Context, i item) (ticket.Ticket, error) {
	if id, ok := i["ticket"].(*types.AttributeValueMemberS); ok {
		return t.Load(ctx, id.Value)
	}
	return ticketOf(i)
}

// places reads a page of items, going on past what has expired until it is
// full, and whether more follow.
func (t Tickets) places(ctx context.Context, q ticket.Query) ([]item, bool, error) {
	var items []item
	for pages := dynamodb.NewQueryPaginator(t.Client, t.listing(q)); pages.HasMorePages(); {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, false, fmt.Errorf("list tickets: %w", translate(err))
		}
		for _, i := range page.Items {
			if t.expired(i) {
				continue
			}
			if len(items) == protocol.MaxTickets {
				return items, true, nil
			}
			items = append(items, i)
		}
	}
	return items, false, nil
}

// listing is the query of a list, newest first.
func (t Tickets) listing(q ticket.Query) *dynamodb.QueryInput {
	_, uuid, _ := strings.Cut(q.After, "#")
	query := &dynamodb.QueryInput{
		IndexName:                 &Schema.Index,
		KeyConditionExpression:    aws.String("#list = :list"),
		ExpressionAttributeNames:  map[string]string{"#list": Schema.IndexPartitionKey},
		ExpressionAttributeValues: item{":list": str(ticketList(q.Company, q.State))},
	}
	start := key(ticketKey(q.Company+"/"+uuid), "head")
	start[Schema.IndexPartitionKey], start[Schema.IndexSortKey] = str(ticketList(q.Company, q.State)), str(q.After)
	if q.Contact != "" {
		pk := personKey(q.Company, q.Contact)
		query = prefixed(pk, ticketPrefix(q.State))
		start = key(pk, ticketPrefix(q.State)+q.After)
	}
	if q.After != "" {
		query.ExclusiveStartKey = start
	}
	query.TableName, query.Limit, query.ScanIndexForward = &t.Name, aws.Int32(protocol.MaxTickets+1), aws.Bool(false)
	return query
}
