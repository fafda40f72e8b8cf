package expression

import (
	"strings"
	"unicode/utf8"
)

// maxLength is the largest expression, in bytes.
const maxLength = 4096

type tokenKind byte

const (
	end         tokenKind = iota
	word                  // an attribute name, a keyword or a function name
	namePlace             // #name
	valuePlace            // :value
	index                 // the digits of a list index
	punctuation           // ( ) [ ] . , + - = <> < <= > >=
)

type token struct {
	kind tokenKind
	text string
}

// is tells whether the token is the keyword, in any letter case.
func (t token) is(keyword string) bool { return t.kind == word && strings.EqualFold(t.text, keyword) }

// scan cuts an expression into tokens; the last one is always the end.
func scan(source string) ([]token, error) {
	var tokens []token
	for {
		source = strings.TrimLeft(source, " \t\r\n")
		if source == "" {
			return append(tokens, token{end, "<EOF>"}), nil
		}
		t, ok := next(source)
		if !ok {
			return nil, syntaxError(append(tokens, t, token{end, ""}), len(tokens))
		}
		tokens = append(tokens, t)
		source = source[len(t.text):]
	}
}

// next finds the token at the start of a source that is not empty.
func next(source string) (t token, ok bool) {
	c := source[0]
	switch {
	case isLetter(c):
		return token{word, source[:span(source)]}, true
	case c == '#' || c == ':':
		kind := namePlace
		if c == ':' {
			kind = valuePlace
		}
		length := 1 + span(source[1:])
		return token{kind, source[:length]}, length > 1
	case isDigit(c):
		length := len(source) - len(strings.TrimLeft(source, "0123456789"))
		return token{index, source[:length]}, true
	case strings.HasPrefix(source, "<>") || strings.HasPrefix(source, "<=") || strings.HasPrefix(source, ">="):
		return token{punctuation, source[:2]}, true
	case strings.IndexByte("()[].,+-=<>", c) >= 0:
		return token{punctuation, source[:1]}, true
	}
	_, length := utf8.DecodeRuneInString(source)
	return token{punctuation, source[:length]}, false
}

// span is the length of the letters, digits and underscores that begin s.
func span(s string) int {
	for i := range len(s) {
		if c := s[i]; !isLetter(c) && !isDigit(c) {
			return i
		}
	}
	return len(s)
}

func isLetter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' }
func isDigit(c byte) bool  { return c >= '0' && c <= '9' }
