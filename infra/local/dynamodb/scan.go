package dynamodb

import (
	"encoding/binary"
	"fmt"

	"github.com/parleychat/parley/infra/local/dynamodb/store"
)

// maxSegments is how many parts a parallel scan has at most.
const maxSegments = 1_000_000

type scanRequest struct {
	listRequest
	Segment       *int
	TotalSegments *int
}

func (s *Server) scan(r *scanRequest) (*listAnswer, error) {
	l, err := r.prepare(r.expressions())
	if err != nil {
		return nil, err
	}
	if l.part, err = r.part(); err != nil {
		return nil, err
	}
	var answer *listAnswer
	err = s.store.Read(func(tx *store.Tx) error {
		if err := l.bind(s, tx); err != nil {
			return err
		}
		if err := l.resume(r.ExclusiveStartKey); err != nil {
			return err
		}
		answer, err = l.read(tx)
		return err
	})
	return answer, err
}

// part is the segment's share of the hashes that begin all stored keys.
func (r *scanRequest) part() (store.Range, error) {
	switch {
	case r.Segment == nil && r.TotalSegments == nil:
		return store.Range{}, nil
	case r.TotalSegments == nil:
		return store.Range{}, validation("The TotalSegments parameter is required but was not present in the request when Segment parameter is present")
	case r.Segment == nil:
		return store.Range{}, validation("The Segment parameter is required but was not present in the request when parameter TotalSegments is present")
	case *r.TotalSegments < 1 || *r.TotalSegments > maxSegments:
		return store.Range{}, constraint(fmt.Sprint(*r.TotalSegments), "totalSegments", "have value less than or equal to 1000000 and greater than or equal to 1")
	case *r.Segment < 0 || *r.Segment >= *r.TotalSegments:
		return store.Range{}, validation("The Segment parameter is zero-based and must be less than parameter TotalSegments: Segment: %d is not less than TotalSegments: %d", *r.Segment, *r.TotalSegments)
	}
	border := func(segment int) string {
		return string(binary.BigEndian.AppendUint32(nil, uint32(uint64(segment)<<32/uint64(*r.TotalSegments))))
	}
	part := store.Range{Low: border(*r.Segment)}
	if *r.Segment+1 < *r.TotalSegments {
		part.High = border(*r.Segment + 1)
	}
	return part, nil
}
