package wire

import (
	"bytes"
	"encoding/hex"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/pion/stun/v2"
)

// The test vectors of RFC 5769, sections 2.1 to 2.4.
var (
	sampleRequest = unhex(`00010058 2112a442 b7e7a701bc34d686fa87dfae
		80220010 5354554e207465737420636c69656e74
		00240004 6e0001ff
		80290008 932ff9b151263b36
		00060009 6576746a3a68367659202020
		00080014 9aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a2
		80280004 e57a3bcf`)
	sampleIPv4Response = unhex(`0101003c 2112a442 b7e7a701bc34d686fa87dfae
		8022000b 7465737420766563746f7220
		00200008 0001a147e112a643
		00080014 2b91f599fd9e90c38c7489f92af9ba53f06be7d7
		80280004 c07d4c96`)
	sampleIPv6Response = unhex(`01010048 2112a442 b7e7a701bc34d686fa87dfae
		8022000b 7465737420766563746f7220
		00200014 0002a1470113a9faa5d3f179bc25f4b5bed2b9d9
		00080014 a382954e4be67bf11784c97c8292c275bfe3ed41
		80280004 c8fb0b4c`)
	sampleLongTerm = unhex(`00010060 2112a442 78ad3433c6ad72c029da412e
		00060012 e3839ee38388e383aae38383e382afe382b90000
		0015001c 662f2f3439396b393534643 64f4c33346f4c39465354767936347341
		0014000b 6578616d706c652e6f726700
		00080014 f67024656dd64a3e02b8e0712e85c9a28ca89666`)
	samplePassword = []byte("VOkJxbRl1RmTxUk/WvJxBt")
)

func unhex(text string) []byte {
	raw, err := hex.DecodeString(strings.Join(strings.Fields(text), ""))
	if err != nil {
		panic(err)
	}
	return raw
}

func decoded(t *testing.T, raw []byte) *Message {
	t.Helper()
	m := new(Message)
	if err := m.Decode(raw); err != nil {
		t.Fatalf("%x: %v", raw, err)
	}
	return m
}

func TestTheVectorsOfRFC5769AreRead(t *testing.T) {
	request := decoded(t, sampleRequest)
	if request.Method != Binding || request.Class != Request || request.Text(Username) != "evtj:h6vY" {
		t.Errorf("request: %+v", request)
	}
	if !request.SealedWith(samplePassword) || request.SealedWith([]byte("another")) {
		t.Error("the request's integrity is not told right from wrong")
	}
	for want, raw := range map[string][]byte{
		"192.0.2.1:32853": sampleIPv4Response,
		"[2001:db8:1234:5678:11:2233:4455:6677]:32853": sampleIPv6Response,
	} {
		response := decoded(t, raw)
		value, _ := response.Value(XORMappedAddress)
		mapped, ok := unmask(value, response.Transaction)
		if !ok || mapped.String() != want || response.Class != Success || !response.SealedWith(samplePassword) {
			t.Errorf("response: %v, want %s", mapped, want)
		}
	}
}

func TestTheLongTermCredentialOfRFC5769IsChecked(t *testing.T) {
	request := decoded(t, sampleLongTerm)
	key := Key(request.Text(Username), request.Text(Realm), "TheMatrIX")
	if !request.Sealed() || !request.SealedWith(key) {
		t.Error("the right password does not fit")
	}
	if request.SealedWith(Key(request.Text(Username), request.Text(Realm), "TheMatrix")) {
		t.Error("a wrong password fits")
	}
}

func TestWhatIsWrittenIsReadAgainByPionAndByUs(t *testing.T) {
	peer4, peer6 := netip.MustParseAddrPort("203.0.113.9:5000"), netip.MustParseAddrPort("[2001:db8::9]:5001")
	raw := Build(nil, CreatePermission, Request, Transaction{1, 2, 3}).
		Address(XORPeerAddress, peer4).
		Address(XORPeerAddress, peer6).
		Number(Lifetime, 600).
		Text(Username, "17:s1.p1").
		Seal([]byte("key")).
		Fingerprint().
		Raw()

	ours := decoded(t, raw)
	peers, ok := ours.Peers(nil)
	if !ok || !slices.Equal(peers, []netip.AddrPort{peer4, peer6}) {
		t.Errorf("we read the peers %v", peers)
	}
	if seconds, _ := ours.Number(Lifetime); seconds != 600 || !ours.SealedWith([]byte("key")) {
		t.Errorf("we read a lifetime of %d", seconds)
	}
	theirs := &stun.Message{Raw: raw}
	if err := theirs.Decode(); err != nil {
		t.Fatalf("pion cannot read it: %v", err)
	}
	if err := theirs.Check(stun.MessageIntegrity("key"), stun.Fingerprint); err != nil {
		t.Errorf("pion checks it: %v", err)
	}
	var first stun.XORMappedAddress
	if err := first.GetFromAs(theirs, stun.AttrXORPeerAddress); err != nil || first.String() != peer4.String() {
		t.Errorf("pion reads the peer %v, %v", first, err)
	}
}

func TestEveryMethodAndClassKeepsItsType(t *testing.T) {
	for _, method := range []Method{Binding, Allocate, Refresh, Send, Data, CreatePermission, ChannelBind, 0xFFF, 0xABC} {
		for _, class := range []Class{Request, Indication, Success, Failure} {
			m := decoded(t, Build(nil, method, class, Transaction{}).Raw())
			if m.Method != method || m.Class != class {
				t.Errorf("%x %d became %x %d", method, class, m.Method, m.Class)
			}
		}
	}
}

func TestAMessageWhoseLengthsDisagreeIsMalformed(t *testing.T) {
	whole := sampleRequest
	change := func(at int, with ...byte) []byte {
		raw := bytes.Clone(whole)
		copy(raw[at:], with)
		return raw
	}
	for name, raw := range map[string][]byte{
		"empty":                           {},
		"half a header":                   whole[:10],
		"a header and half the rest":      whole[:60],
		"a byte too many":                 append(bytes.Clone(whole), 0),
		"four bytes too many":             append(bytes.Clone(whole), 0, 0, 0, 0),
		"a length that is not whole":      change(2, 0x00, 0x57),
		"a length past the end":           change(2, 0xff, 0xec),
		"not the cookie":                  change(4, 0x00),
		"ChannelData":                     change(0, 0x40),
		"the first bits of DTLS":          change(0, 0x80),
		"an attribute past the end":       change(22, 0x01, 0x10),
		"an integrity of 19 bytes":        change(78, 0x00, 0x13),
		"a wrong fingerprint":             change(len(whole)-1, 0x00),
		"an attribute behind it":          append(change(2, 0x00, 0x5c), 0x80, 0x22, 0, 0),
		"a lifetime of three bytes":       Build(nil, Refresh, Request, Transaction{}).Bytes(Lifetime, []byte{1, 2, 3}).Raw(),
		"an even port of no bytes":        Build(nil, Allocate, Request, Transaction{}).Bytes(EvenPort, nil).Raw(),
		"a token of four bytes":           Build(nil, Allocate, Request, Transaction{}).Number(ReservationToken, 1).Raw(),
		"longer than any frame":           Build(nil, Send, Indication, Transaction{}).Bytes(DataValue, make([]byte, MaxFrame)).Raw(),
		"more attributes than fit a use":  manyAttributes(maxAttributes + 1),
		"an attribute header and no more": append(Build(nil, Refresh, Request, Transaction{}).Raw(), 0, 0x0d),
	} {
		if err := new(Message).Decode(raw); err != ErrMalformed {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func manyAttributes(n int) []byte {
	b := Build(nil, CreatePermission, Request, Transaction{})
	for range n {
		b = b.Bytes(0x8055, nil)
	}
	return b.Raw()
}

// Row 1: pion panics on these; they are well-formed STUN and no addresses.
func TestAPeerThatIsNoAddressIsNoPeer(t *testing.T) {
	for name, value := range map[string][]byte{
		"empty":                    {},
		"one byte":                 {0},
		"no address":               {0, 1, 0, 0},
		"half an IPv4 address":     {0, 1, 0, 0, 1, 2},
		"IPv4 in an IPv6's length": append([]byte{0, 1}, make([]byte, 18)...),
		"IPv6 in an IPv4's length": {0, 2, 0, 0, 1, 2, 3, 4},
		"family 0":                 {0, 0, 0, 0, 1, 2, 3, 4},
		"family 3":                 {0, 3, 0, 0, 1, 2, 3, 4},
	} {
		m := decoded(t, Build(nil, Send, Indication, Transaction{}).Bytes(XORPeerAddress, value).Raw())
		if peers, ok := m.Peers(nil); ok {
			t.Errorf("%s was read as %v", name, peers)
		}
	}
}

func TestNothingBehindTheIntegrityCounts(t *testing.T) {
	m := decoded(t, Build(nil, Refresh, Request, Transaction{}).
		Seal([]byte("key")).
		Number(Lifetime, 0).
		Raw())
	if m.Has(Lifetime) || !m.SealedWith([]byte("key")) {
		t.Error("an attribute that anybody could have added was read")
	}
}

func TestOnlyTheFirstOfTwoAttributesCounts(t *testing.T) {
	m := decoded(t, Build(nil, Refresh, Request, Transaction{}).Number(Lifetime, 600).Number(Lifetime, 0).Raw())
	if seconds, _ := m.Number(Lifetime); seconds != 600 {
		t.Errorf("the lifetime is %d", seconds)
	}
}

func TestWhatIsRequiredAndUnknownIsListed(t *testing.T) {
	m := decoded(t, Build(nil, Allocate, Request, Transaction{}).
		Number(RequestedTransport, 17<<24).
		Bytes(DontFragment, nil).
		Bytes(0x7777, nil).
		Text(0x8022, "software that nobody needs to understand").
		Raw())
	if got := m.Unknown(); !slices.Equal(got, []Attribute{DontFragment, 0x7777}) {
		t.Errorf("unknown: %x", got)
	}
}

// oldXORMappedAddress is what drafts of RFC 5389 had for XOR-MAPPED-ADDRESS.
const oldXORMappedAddress Attribute = 0x8020

// Whatever we admit, pion must be able to read, and read the same.
func FuzzDecode(f *testing.F) {
	for _, seed := range [][]byte{sampleRequest, sampleIPv4Response, sampleIPv6Response, sampleLongTerm, manyAttributes(4)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		m := new(Message)
		before := bytes.Clone(raw)
		if m.Decode(raw) != nil {
			return
		}
		m.Peers(nil)
		m.Unknown()
		m.SealedWith([]byte("key"))
		if !bytes.Equal(raw, before) {
			t.Fatal("reading changed the message")
		}
		theirs := &stun.Message{Raw: bytes.Clone(raw)}
		if err := theirs.Decode(); err != nil {
			t.Fatalf("pion refuses what we admit: %v", err)
		}
		if m.Has(oldXORMappedAddress) {
			return // pion reads it as XOR-MAPPED-ADDRESS
		}
		for _, a := range m.attributes {
			value, found := m.Value(a.kind)
			if pions, err := theirs.Get(stun.AttrType(a.kind)); !found || err != nil || !bytes.Equal(pions, value) {
				t.Fatalf("attribute %x: we read %x, pion %x", a.kind, value, pions)
			}
		}
	})
}
