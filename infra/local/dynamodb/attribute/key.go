package attribute

import (
	"crypto/sha256"
	"strings"
)

// Limits of key values, in bytes.
const (
	MaxHashKey  = 2048
	MaxRangeKey = 1024
)

// AppendPartition appends the bytes that lead every stored key of a partition:
// four of a hash, so that partitions lie scattered as DynamoDB's do and a
// parallel scan can share out the hash space, and then the value itself.
func AppendPartition(dst []byte, v Value) []byte {
	hash := sha256.Sum256([]byte(v.Text))
	return AppendOrdered(append(dst, hash[:4]...), v)
}

// AppendOrdered appends a String, Number or Binary so that bytewise order is
// DynamoDB's order, and so that no value's bytes begin another value's.
func AppendOrdered(dst []byte, v Value) []byte {
	if v.Kind == Number {
		return appendNumber(dst, v.Text)
	}
	return append(appendEscaped(dst, v.Text), 0, 0)
}

// AppendOrderedPrefix appends what begins the ordered bytes of every String or
// Binary that starts with v's text.
func AppendOrderedPrefix(dst []byte, v Value) []byte { return appendEscaped(dst, v.Text) }

// appendEscaped leaves two zero bytes free as the end mark: an inner zero is
// followed by 0xFF, which sorts after the end mark's second zero.
func appendEscaped(dst []byte, text string) []byte {
	for {
		i := strings.IndexByte(text, 0)
		if i < 0 {
			return append(dst, text...)
		}
		dst = append(append(dst, text[:i]...), 0, 0xFF)
		text = text[i+1:]
	}
}

// appendNumber writes sign, magnitude and digits; for negative numbers every
// byte is complemented, which turns the order round.
func appendNumber(dst []byte, text string) []byte {
	if text == "0" {
		return append(dst, 0x80)
	}
	digits, negative := strings.CutPrefix(text, "-")
	whole, fraction, _ := strings.Cut(digits, ".")
	whole = strings.TrimLeft(whole, "0")
	magnitude := len(whole)
	if whole == "" {
		significant := strings.TrimLeft(fraction, "0")
		magnitude = len(significant) - len(fraction)
		fraction = significant
	}
	digits = strings.TrimRight(whole+fraction, "0")
	start := len(dst)
	dst = append(dst, 0x81, byte((magnitude+0x100)>>8), byte(magnitude))
	dst = append(append(dst, digits...), 0)
	if negative {
		for i := start; i < len(dst); i++ {
			dst[i] = ^dst[i]
		}
	}
	return dst
}

// After is the first key beyond all that begin with prefix, "" if there is
// none.
func After(prefix string) string {
	end := []byte(prefix)
	for len(end) > 0 && end[len(end)-1] == 0xff {
		end = end[:len(end)-1]
	}
	if len(end) == 0 {
		return ""
	}
	end[len(end)-1]++
	return string(end)
}
