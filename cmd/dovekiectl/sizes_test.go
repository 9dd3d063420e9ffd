package main_test

import (
	"fmt"
	"go/ast"
	"go/token"
	"path"
	"slices"
	"strings"
	"testing"
	"text/tabwriter"
)

// The hard numbers of the house. Most code stays far below them.
const (
	maxFileLines  = 500
	maxFuncLines  = 70
	maxComplexity = 15
)

// function is the size of one function.
type function struct {
	where      string
	lines      int
	complexity int
	excepted   bool
}

func TestFilesAndFunctionsStaySmall(t *testing.T) {
	for _, f := range sources(t) {
		if f.generated {
			continue
		}
		if f.lines > maxFileLines {
			t.Errorf("%s has %d lines, over %d: has it still one subject?", f.path, f.lines, maxFileLines)
		}
		if f.test {
			continue // a test is a story; cutting it up hides what it tells
		}
		for _, fn := range functions(f) {
			if fn.excepted {
				continue
			}
			if fn.lines > maxFuncLines {
				t.Errorf("%s has %d lines, over %d", fn.where, fn.lines, maxFuncLines)
			}
			if fn.complexity > maxComplexity {
				t.Errorf("%s has a cyclomatic complexity of %d, over %d", fn.where, fn.complexity, maxComplexity)
			}
		}
	}
}

// functions measures the functions of a file. Tables and Apply are excepted:
// one long switch or literal is easier to read in one piece.
func functions(f sourceFile) []function {
	var all []function
	for _, decl := range f.ast.Decls {
		fn, ok := decl.(*ast.FuncDecl)
		if !ok || fn.Body == nil {
			continue
		}
		lines := f.span(fn.Body) + 1
		all = append(all, function{
			where:      f.at(fn) + " " + fn.Name.Name,
			lines:      lines,
			complexity: complexity(fn),
			excepted:   fn.Name.Name == "Apply" || f.longestLiteral(fn.Body)*2 > lines,
		})
	}
	return all
}

// span is the number of line breaks inside a node.
func (f sourceFile) span(n ast.Node) int {
	return f.fset.Position(n.End()).Line - f.fset.Position(n.Pos()).Line
}

func (f sourceFile) longestLiteral(body ast.Node) int {
	longest := 0
	ast.Inspect(body, func(n ast.Node) bool {
		if lit, ok := n.(*ast.CompositeLit); ok {
			longest = max(longest, f.span(lit)+1)
		}
		return true
	})
	return longest
}

// complexity counts as gocyclo does: one, and one for each branch.
func complexity(fn *ast.FuncDecl) int {
	count := 1
	ast.Inspect(fn, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.IfStmt, *ast.ForStmt, *ast.RangeStmt:
			count++
		case *ast.CaseClause:
			if n.List != nil {
				count++
			}
		case *ast.CommClause:
			if n.Comm != nil {
				count++
			}
		case *ast.BinaryExpr:
			if n.Op == token.LAND || n.Op == token.LOR {
				count++
			}
		}
		return true
	})
	return count
}

// folder sums up the packages of a folder for the table.
type folder struct {
	code, tests, comments int
	files, funcs, cyclo   []int
}

func TestHouseTable(t *testing.T) {
	folders := make(map[string]*folder)
	for _, f := range sources(t) {
		if f.generated {
			continue
		}
		name := strings.Join(strings.SplitN(f.dir, "/", 3)[:min(2, strings.Count(f.dir, "/")+1)], "/")
		if folders[name] == nil {
			folders[name] = &folder{}
		}
		folders[name].add(f)
	}
	var out strings.Builder
	w := tabwriter.NewWriter(&out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "folder\tfiles\tcode\ttests\tcomments\tfile p50\tp90\tmax\tfunction p90\tmax\tcomplexity max\t")
	names := make([]string, 0, len(folders))
	for name := range folders {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		d := folders[name]
		fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%d %%\t%d\t%d\t%d\t%d\t%d\t%d\t\n", path.Clean(name), len(d.files), d.code, d.tests,
			100*d.comments/max(1, d.code), rank(d.files, 50), rank(d.files, 90), rank(d.files, 100),
			rank(d.funcs, 90), rank(d.funcs, 100), rank(d.cyclo, 100))
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	t.Log("\n" + out.String())
}

func (d *folder) add(f sourceFile) {
	if f.test {
		d.tests += f.lines
		return
	}
	d.code += f.lines
	d.files = append(d.files, f.lines)
	for _, group := range f.ast.Comments {
		d.comments += f.span(group) + 1
	}
	for _, fn := range functions(f) {
		if !fn.excepted {
			d.funcs = append(d.funcs, fn.lines)
			d.cyclo = append(d.cyclo, fn.complexity)
		}
	}
}

// rank is the value that percent of the numbers do not exceed.
func rank(numbers []int, percent int) int {
	if len(numbers) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(numbers))
	return sorted[(len(sorted)-1)*percent/100]
}
