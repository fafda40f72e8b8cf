package attribute

import (
	"encoding/binary"
	"errors"
)

var errStored = errors.New("stored item is damaged")

// Encode writes the stored form of an item: a count, then for each attribute
// its name and its value, each text led by its length.
func (it Item) Encode() string { return string(appendItem(make([]byte, 0, it.Size()+8*len(it)), it)) }

func appendItem(dst []byte, it Item) []byte {
	dst = binary.AppendUvarint(dst, uint64(len(it)))
	for name, v := range it {
		dst = appendValue(appendString(dst, name), v)
	}
	return dst
}

func appendString(dst []byte, s string) []byte {
	return append(binary.AppendUvarint(dst, uint64(len(s))), s...)
}

func appendValue(dst []byte, v Value) []byte {
	dst = append(dst, byte(v.Kind))
	switch v.Kind {
	case String, Number, Binary:
		return appendString(dst, v.Text)
	case Bool:
		if v.Bool {
			return append(dst, 1)
		}
		return append(dst, 0)
	case Map:
		return appendItem(dst, v.Map)
	case List, StringSet, NumberSet, BinarySet:
		dst = binary.AppendUvarint(dst, uint64(len(v.List)))
		for _, e := range v.List {
			dst = appendValue(dst, e)
		}
	}
	return dst
}

// Decode reads the stored form back. The item's texts are parts of stored.
func Decode(stored string) (Item, error) {
	r := reader{rest: stored}
	it := r.item(0)
	if r.failed || r.rest != "" {
		return nil, errStored
	}
	return it, nil
}

// reader cuts the stored form from the front; after a failure it yields zeros.
type reader struct {
	rest   string
	failed bool
}

func (r *reader) fail() { r.failed, r.rest = true, "" }

func (r *reader) count() int {
	var n uint64
	for i := range min(len(r.rest), binary.MaxVarintLen64) {
		b := r.rest[i]
		n |= uint64(b&0x7F) << (7 * i)
		if b < 0x80 {
			r.rest = r.rest[i+1:]
			if n > uint64(len(r.rest)) { // whatever is counted takes a byte or more
				break
			}
			return int(n)
		}
	}
	r.fail()
	return 0
}

func (r *reader) text(n int) string {
	if n > len(r.rest) {
		r.fail()
		return ""
	}
	s := r.rest[:n]
	r.rest = r.rest[n:]
	return s
}

func (r *reader) item(depth int) Item {
	n := r.count()
	it := make(Item, n)
	for range n {
		name := r.text(r.count())
		it[name] = r.value(depth)
		if r.failed {
			break
		}
	}
	return it
}

func (r *reader) value(depth int) Value {
	head := r.text(1)
	if r.failed || depth > maxDepth+1 || head[0] == 0 || Kind(head[0]) > BinarySet {
		r.fail()
		return Value{}
	}
	v := Value{Kind: Kind(head[0])}
	switch v.Kind {
	case String, Number, Binary:
		v.Text = r.text(r.count())
	case Bool:
		v.Bool = r.text(1) == "\x01"
	case Map:
		v.Map = r.item(depth + 1)
	case List, StringSet, NumberSet, BinarySet:
		v.List = make([]Value, r.count())
		for i := range v.List {
			if v.List[i] = r.value(depth + 1); r.failed {
				break
			}
		}
	}
	return v
}
