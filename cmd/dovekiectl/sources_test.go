package main_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// root is the top of the repository, from this package's folder.
const root = "../.."

// sourceFile is one Go file of the project.
type sourceFile struct {
	path, dir string // from the top of the repository, with slashes
	test      bool
	generated bool
	lines     int
	ast       *ast.File
	fset      *token.FileSet
}

var parsed struct {
	sync.Once
	files []sourceFile
	err   error
}

// sources are all Go files of the fixed folders.
func sources(t *testing.T) []sourceFile {
	t.Helper()
	parsed.Do(func() {
		for _, top := range []string{"cmd", "app", "widgets", "assets", "xmppsvc"} {
			if err := readFolder(top); err != nil && parsed.err == nil {
				parsed.err = err
			}
		}
	})
	if parsed.err != nil {
		t.Fatal(parsed.err)
	}
	if len(parsed.files) == 0 {
		t.Fatal("no Go files found: the tests do not run in the repository")
	}
	return parsed.files
}

func readFolder(top string) error {
	err := filepath.WalkDir(filepath.Join(root, top), func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && entry.Name() == "testdata" {
			return filepath.SkipDir
		}
		if entry.IsDir() || !strings.HasSuffix(name, ".go") {
			return nil
		}
		return readSource(name)
	})
	if os.IsNotExist(err) {
		return nil
	}
	return err
}

func readSource(name string) error {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, name, nil, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	rel, err := filepath.Rel(root, name)
	if err != nil {
		return err
	}
	rel = filepath.ToSlash(rel)
	dir, _, _ := strings.Cut(rel, "/"+filepath.Base(rel))
	parsed.files = append(parsed.files, sourceFile{
		path: rel, dir: dir,
		test:      strings.HasSuffix(rel, "_test.go"),
		generated: ast.IsGenerated(file),
		lines:     fset.Position(file.FileEnd).Line - 1,
		ast:       file, fset: fset,
	})
	return nil
}

// at is where a node stands, for messages.
func (f sourceFile) at(n ast.Node) string {
	return f.path + ":" + strconv.Itoa(f.fset.Position(n.Pos()).Line)
}

// mentions lists where the file says pkg.name.
func (f sourceFile) mentions(pkg, name string) []string {
	local := f.localName(pkg)
	if local == "" {
		return nil
	}
	var found []string
	ast.Inspect(f.ast, func(n ast.Node) bool {
		sel, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		if id, ok := sel.X.(*ast.Ident); ok && id.Name == local && sel.Sel.Name == name {
			found = append(found, f.at(sel))
		}
		return true
	})
	return found
}

// localName is what the file calls an imported package, "" if it does not.
func (f sourceFile) localName(pkg string) string {
	for _, spec := range f.ast.Imports {
		if strings.Trim(spec.Path.Value, `"`) != pkg {
			continue
		}
		if spec.Name != nil {
			return spec.Name.Name
		}
		return filepath.Base(strings.TrimSuffix(pkg, "/v2"))
	}
	return ""
}
