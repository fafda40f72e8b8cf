package expression

import (
	"strconv"
	"strings"

	"github.com/parleychat/parley/infra/local/dynamodb/attribute"
)

// maxIndex bounds list indexes in paths.
const maxIndex = 1 << 20

// parser walks the tokens of one expression by recursive descent.
type parser struct {
	tokens []token
	at     int
	params *Params
	// redundant is set when parentheses stand directly within parentheses.
	redundant bool
}

// parse runs a grammar over the whole of a source and names the expression in
// its refusals, such as "Invalid FilterExpression: …".
func parse[T any](p *Params, kind, source string, grammar func(*parser) (T, error)) (T, error) {
	var none T
	refuse := func(err error) (T, error) { return none, attribute.Refuse("Invalid %s: %s", kind, err) }
	if len(source) > maxLength {
		return refuse(attribute.Refuse("Expression size has exceeded the maximum allowed size; expression size: %d", len(source)))
	}
	tokens, err := scan(source)
	if err != nil {
		return refuse(err)
	}
	if len(tokens) == 1 {
		return refuse(attribute.Refuse("The expression can not be empty;"))
	}
	ps := &parser{tokens: tokens, params: p}
	parsed, err := grammar(ps)
	switch {
	case err != nil:
		return refuse(err)
	case ps.peek().kind != end:
		return refuse(ps.unexpected())
	case ps.redundant:
		return refuse(attribute.Refuse("The expression has redundant parentheses;"))
	}
	return parsed, nil
}

func (p *parser) peek() token { return p.tokens[p.at] }

func (p *parser) advance() token {
	t := p.tokens[p.at]
	if t.kind != end {
		p.at++
	}
	return t
}

// accept moves over the punctuation if it comes next.
func (p *parser) accept(text string) bool {
	if t := p.peek(); t.kind != punctuation || t.text != text {
		return false
	}
	p.at++
	return true
}

// acceptWord moves over the keyword if it comes next.
func (p *parser) acceptWord(keyword string) bool {
	if !p.peek().is(keyword) {
		return false
	}
	p.at++
	return true
}

func (p *parser) expect(text string) error {
	if !p.accept(text) {
		return p.unexpected()
	}
	return nil
}

func (p *parser) unexpected() error { return syntaxError(p.tokens, p.at) }

// syntaxError quotes a token and its neighbours as DynamoDB does.
func syntaxError(tokens []token, at int) error {
	var near []string
	for i := max(0, at-1); i <= min(at+1, len(tokens)-1); i++ {
		if tokens[i].kind != end {
			near = append(near, tokens[i].text)
		}
	}
	return attribute.Refuse("Syntax error; token: %q, near: %q", tokens[at].text, strings.Join(near, " "))
}

// path parses a document path.
func (p *parser) path() (Path, error) {
	name, err := p.name()
	if err != nil {
		return nil, err
	}
	path := Path{{Name: name}}
	for {
		var step Step
		switch {
		case p.accept("."):
			step.Name, err = p.name()
		case p.accept("["):
			step.Index, err = p.index()
		default:
			return path, nil
		}
		if err != nil {
			return nil, err
		}
		path = append(path, step)
	}
}

func (p *parser) name() (string, error) {
	t := p.peek()
	switch {
	case t.kind == namePlace:
		p.at++
		name, ok := p.params.names[t.text]
		if !ok || name == "" {
			return "", attribute.Refuse("An expression attribute name used in the document path is not defined; attribute name: %s", t.text)
		}
		p.params.usedNames[t.text] = true
		return name, nil
	case t.kind == word && t.text[0] != '_':
		p.at++
		if reserved[strings.ToUpper(t.text)] {
			return "", attribute.Refuse("Attribute name is a reserved keyword; reserved keyword: %s", t.text)
		}
		return t.text, nil
	}
	return "", p.unexpected()
}

func (p *parser) index() (int, error) {
	t := p.peek()
	if t.kind != index {
		return 0, p.unexpected()
	}
	p.at++
	n, err := strconv.Atoi(t.text)
	if err != nil || n > maxIndex {
		return 0, attribute.Refuse("List index is not within the allowable range; index: [%s]", t.text)
	}
	return n, p.expect("]")
}

func (p *parser) value() (attribute.Value, error) {
	t := p.advance()
	v, ok := p.params.values[t.text]
	if !ok {
		return v, attribute.Refuse("An expression attribute value used in expression is not defined; attribute value: %s", t.text)
	}
	p.params.usedValues[t.text] = true
	return v, nil
}

// Projection parses a ProjectionExpression.
func (p *Params) Projection(source string) (Projection, error) {
	return parse(p, "ProjectionExpression", source, func(ps *parser) (Projection, error) {
		var paths Projection
		for {
			path, err := ps.path()
			if err != nil {
				return nil, err
			}
			paths = append(paths, path)
			if !ps.accept(",") {
				return paths, disjoint(paths)
			}
		}
	})
}
