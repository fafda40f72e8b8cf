package house

import (
	"errors"
	"go/constant"
	"go/types"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"

	"golang.org/x/tools/go/packages"
	"golang.org/x/tools/go/ssa"
	"golang.org/x/tools/go/ssa/ssautil"
)

// reach is what a function's program can come to: rapid type analysis over our
// own code, where mentioning a function counts as calling it. What lies outside
// the module is a name and has no body.
type reach struct {
	program *ssa.Program
	done    map[*ssa.Function]bool
	waiting []*ssa.Function
	kinds   map[types.Type]bool  // Concrete types that became interfaces.
	methods map[*types.Func]bool // Interface methods that are called.
	calls   map[*ssa.Function][]*ssa.CallCommon
	fields  map[string]bool // Fields that are set, such as QueryInput.IndexName.
}

// need is what a function's program wants of its surroundings.
type need struct {
	settings []string // Names in the environment.
	actions  []string // IAM actions, such as dynamodb:GetItem.
	index    bool     // Whether it queries an index.
	problems []string // What cannot be told without running it.
}

// needs are what the programs under functions need, by folder.
var needs = sync.OnceValues(func() (map[string]need, error) { return needsOf("./functions/...", nil) })

// needsOf loads programs, with some files replaced by other text.
func needsOf(pattern string, instead map[string][]byte) (map[string]need, error) {
	config := &packages.Config{
		Dir: root,
		Mode: packages.NeedName | packages.NeedFiles | packages.NeedCompiledGoFiles | packages.NeedImports |
			packages.NeedTypes | packages.NeedTypesSizes | packages.NeedSyntax | packages.NeedTypesInfo,
		Overlay: instead,
	}
	loaded, err := packages.Load(config, pattern, "./shared/...")
	if err != nil {
		return nil, err
	}
	var problems []error
	packages.Visit(loaded, nil, func(p *packages.Package) {
		for _, problem := range p.Errors {
			problems = append(problems, problem)
		}
	})
	if len(problems) > 0 {
		return nil, errors.Join(problems...)
	}
	program, built := ssautil.Packages(loaded, ssa.InstantiateGenerics)
	program.Build()
	found := map[string]need{}
	for _, p := range built {
		if folder, ok := strings.CutPrefix(p.Pkg.Path(), module+"functions/"); ok {
			found[folder] = reachOf(program, p).need()
		}
	}
	return found, nil
}

// reachOf follows everything that main mentions.
func reachOf(program *ssa.Program, main *ssa.Package) *reach {
	r := &reach{
		program: program, done: map[*ssa.Function]bool{}, kinds: map[types.Type]bool{},
		methods: map[*types.Func]bool{}, calls: map[*ssa.Function][]*ssa.CallCommon{}, fields: map[string]bool{},
	}
	r.mention(main.Func("main"))
	r.mention(main.Func("init"))
	for len(r.waiting) > 0 {
		f := r.waiting[0]
		r.waiting = r.waiting[1:]
		for _, block := range f.Blocks {
			for _, instruction := range block.Instrs {
				r.visit(instruction)
			}
		}
	}
	return r
}

func (r *reach) mention(f *ssa.Function) {
	if f != nil && !r.done[f] {
		r.done[f] = true
		r.waiting = append(r.waiting, f)
	}
}

func (r *reach) visit(instruction ssa.Instruction) {
	for _, operand := range instruction.Operands(nil) {
		if f, ok := (*operand).(*ssa.Function); ok {
			r.mention(f)
		}
	}
	switch i := instruction.(type) {
	case *ssa.MakeInterface:
		r.become(i.X.Type(), i.Type().Underlying().(*types.Interface), i.Type())
	case *ssa.FieldAddr:
		r.set(i)
	case ssa.CallInstruction:
		call := i.Common()
		if call.IsInvoke() {
			r.invoke(call.Method)
		} else if f := call.StaticCallee(); f != nil {
			r.calls[f] = append(r.calls[f], call)
		}
	}
}

// become notes that values of a type hide behind an interface. An interface
// from outside may be called by what we cannot see, so all of it counts.
func (r *reach) become(kind types.Type, as *types.Interface, named types.Type) {
	if n, ok := types.Unalias(named).(*types.Named); ok && (n.Obj().Pkg() == nil || !ours(n.Obj().Pkg())) {
		for m := range as.Methods() {
			r.invoke(m)
		}
	}
	if r.kinds[kind] {
		return
	}
	r.kinds[kind] = true
	for m := range r.methods {
		r.mention(r.implementation(kind, m))
	}
}

func (r *reach) invoke(method *types.Func) {
	if r.methods[method] {
		return
	}
	r.methods[method] = true
	for kind := range r.kinds {
		r.mention(r.implementation(kind, method))
	}
}

// implementation is the method of a type that an interface's method stands for.
func (r *reach) implementation(kind types.Type, method *types.Func) *ssa.Function {
	behind, ok := method.Signature().Recv().Type().Underlying().(*types.Interface)
	if !ok || !types.Implements(kind, behind) {
		return nil
	}
	selection := r.program.MethodSets.MethodSet(kind).Lookup(method.Pkg(), method.Name())
	if selection == nil {
		return nil
	}
	return r.program.MethodValue(selection)
}

func (r *reach) set(i *ssa.FieldAddr) {
	pointer, ok := i.X.Type().Underlying().(*types.Pointer)
	if !ok {
		return
	}
	named, ok := types.Unalias(pointer.Elem()).(*types.Named)
	if !ok {
		return
	}
	for _, user := range *i.Referrers() {
		if store, ok := user.(*ssa.Store); ok && store.Addr == i {
			r.fields[named.Obj().Name()+"."+named.Underlying().(*types.Struct).Field(i.Field).Name()] = true
		}
	}
}

func ours(p *types.Package) bool { return strings.HasPrefix(p.Path(), module) }

var (
	client    = regexp.MustCompile(`^\(\*github\.com/aws/aws-sdk-go-v2/service/(\w+)\.Client\)\.(\w+)$`)
	paginator = regexp.MustCompile(`^github\.com/aws/aws-sdk-go-v2/service/(\w+)\.New(\w+)Paginator$`)
)

// permissions are the IAM actions of operations that are not called alike.
var permissions = map[string][]string{
	"apigatewaymanagementapi:PostToConnection": {"execute-api:ManageConnections"},
	"dynamodb:TransactWriteItems":              nil, // Those of the writes in it.
}

// transactional are the IAM actions of the parts of a transaction.
var transactional = map[string]string{
	"TransactWriteItem.Put":            "dynamodb:PutItem",
	"TransactWriteItem.Update":         "dynamodb:UpdateItem",
	"TransactWriteItem.Delete":         "dynamodb:DeleteItem",
	"TransactWriteItem.ConditionCheck": "dynamodb:ConditionCheckItem",
}

func (r *reach) need() need {
	actions, settings := map[string]bool{}, map[string]bool{}
	n := need{index: r.fields["QueryInput.IndexName"]}
	for f := range r.done {
		name := f.String()
		for _, action := range permitted(operation(name)) {
			actions[action] = true
		}
		if name != "os.Getenv" && name != "os.LookupEnv" {
			continue
		}
		for _, call := range r.calls[f] {
			found, ok := r.texts(call.Args[0])
			if !ok {
				n.problems = append(n.problems, "reads a setting whose name shows only when it runs")
			}
			for _, s := range found {
				settings[s] = true
			}
		}
	}
	for field, action := range transactional {
		if r.fields[field] {
			actions[action] = true
		}
	}
	n.actions, n.settings = slices.Sorted(maps.Keys(actions)), slices.Sorted(maps.Keys(settings))
	return n
}

// operation returns the AWS operation that a function's name stands for, such
// as dynamodb:Query, or nothing.
func operation(name string) string {
	for _, form := range []*regexp.Regexp{client, paginator} {
		if m := form.FindStringSubmatch(name); m != nil && m[2] != "Options" {
			return m[1] + ":" + m[2]
		}
	}
	return ""
}

// permitted returns the IAM actions that an operation takes.
func permitted(operation string) []string {
	if actions, ok := permissions[operation]; ok || operation == "" {
		return actions
	}
	return []string{operation}
}

// texts are the constants that a value can be; where it is a parameter, those
// that callers pass.
func (r *reach) texts(v ssa.Value) ([]string, bool) {
	switch v := v.(type) {
	case *ssa.Const:
		return []string{constant.StringVal(v.Value)}, true
	case *ssa.Parameter:
		i := slices.Index(v.Parent().Params, v)
		var all []string
		for _, call := range r.calls[v.Parent()] {
			found, ok := r.texts(call.Args[i])
			if !ok {
				return nil, false
			}
			all = append(all, found...)
		}
		return all, true
	}
	return nil, false
}
