package directory

import (
	"context"
	"slices"
	"strings"

	"github.com/parleychat/parley/shared/fault"
	"github.com/parleychat/parley/shared/identity"
	"github.com/parleychat/parley/shared/protocol"
)

const (
	// pageSize is how many records a page has at most.
	pageSize = 100
	// looked is how many records one command looks at: where few match, a page
	// has fewer records and another page follows.
	looked = 1000
)

// Find reads a page of the records that have every word that is sought in name
// or id; a word that ends in * begins one of theirs.
func Find(ctx context.Context, s Store, by identity.Principal, l protocol.ListRecords) (protocol.Records, error) {
	if err := May(by); err != nil {
		return protocol.Records{}, err
	}
	k := Key{Kind: l.Kind, Company: l.Company}
	switch {
	case !slices.Contains(Kinds, l.Kind):
		return protocol.Records{}, fault.New(fault.Invalid, "A record is of one of the kinds %s.", kindNames())
	case owned(l.Kind) && !identity.ValidCompany(l.Company), !owned(l.Kind) && l.Company != "":
		return protocol.Records{}, fault.New(fault.Invalid, "A contact, group or device is of one company, and nothing else is.")
	}
	page := protocol.Records{Records: []protocol.Record{}}
	after := l.After
	for range looked / pageSize {
		records, more, err := s.List(ctx, l.Kind, k.Home(), after, pageSize)
		if err != nil {
			return page, err
		}
		for _, r := range records {
			if after = r.ID; matches(r, l.Find) {
				page.Records = append(page.Records, r)
			}
			if len(page.Records) == pageSize {
				page.Next = after
				return page, nil
			}
		}
		if !more {
			return page, nil
		}
	}
	page.Next = after
	return page, nil
}

// matches reports whether every sought word stands in the record's name or id.
func matches(r protocol.Record, sought string) bool {
	text := strings.ToLower(r.Name + " " + r.ID)
	for word := range strings.FieldsSeq(strings.ToLower(sought)) {
		beginning, cut := strings.CutSuffix(word, "*")
		begins := func(one string) bool { return strings.HasPrefix(one, beginning) }
		if cut && !slices.ContainsFunc(strings.Fields(text), begins) || !cut && !strings.Contains(text, word) {
			return false
		}
	}
	return true
}
