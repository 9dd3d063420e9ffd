package main_test

import (
	"fmt"
	"go/ast"
	"os"
	"os/exec"
	"path"
	"strings"
	"testing"
)

// The rules below are the architecture (xmppsvc/doc.go, app/doc.go) as tests,
// after tailscale's deptest: what is banned, where, and why. They stand with
// dovekiectl because they must run without cgo, as it must.

const module = "dovekie/"

// importRule bans imports from packages. Packages and imports are named by path
// ("app/state"), by everything below a path too ("xmppsvc/..."), or both ("...").
type importRule struct {
	in     string   // the packages that the rule is about, separated by spaces
	except string   // packages among them that may
	banned []string // import paths
	but    []string // import paths among the banned that are allowed
	why    string
	tests  bool // test files are bound too
}

const (
	features = "xmppsvc/disco xmppsvc/roster xmppsvc/muc xmppsvc/archive xmppsvc/messaging xmppsvc/profile " +
		"xmppsvc/upload xmppsvc/bookmark xmppsvc/blocking"
	leaves = "xmppsvc/xep xmppsvc/stanza xmppsvc/jid xmppsvc/model xmppsvc/event"
	views  = "app/login app/buddies app/chat app/room app/connection"
)

var importRules = []importRule{
	{
		in: "xmppsvc/...", banned: []string{"fyne.io/...", "dovekie/app/...", "dovekie/widgets/...", "dovekie/assets/..."},
		why: "the service runs headless and is tested without a window", tests: true,
	},
	{
		in: "widgets/...", banned: []string{"dovekie/xmppsvc/...", "dovekie/app/..."},
		why: "a widget paints values and is drawn from literals in its tests", tests: true,
	},
	{
		in: "assets/...", banned: []string{"dovekie/xmppsvc/...", "dovekie/app/...", "dovekie/widgets/..."},
		why: "assets are files and nothing else", tests: true,
	},
	{
		in: "app/state", banned: []string{"fyne.io/...", "dovekie/xmppsvc", "dovekie/widgets/..."},
		why: "pure, so that replaying events gives the same state", tests: true,
	},
	{
		in: views, banned: []string{"dovekie/xmppsvc"},
		why: "views know state and callbacks; service and views meet only in app",
	},
	{
		in: "...", except: "xmppsvc/stream", banned: []string{"gosrc.io/xmpp"},
		why: "its client loses order; only stream knows what of it holds", tests: true,
	},
	{
		in: "...", except: "xmppsvc/stream xmppsvc/xep", banned: []string{"gosrc.io/xmpp/stanza"},
		why: "its payload structs stay inside the codecs", tests: true,
	},
	{
		in: "...", except: "xmppsvc/jid", banned: []string{"mellium.im/..."},
		why: "addresses have one type, and it is ours",
	},
	{
		in: "...", except: "xmppsvc/credential", banned: []string{"github.com/zalando/go-keyring"},
		why: "one door to the keychain", tests: true,
	},
	{
		in: "...", except: "xmppsvc/storage", banned: []string{"database/sql/...", "modernc.org/..."},
		why: "one door to SQL", tests: true,
	},
	{
		in: features, banned: []string{"dovekie/xmppsvc/stream", "dovekie/xmppsvc/account", "dovekie/xmppsvc/storage"},
		why: "features speak through feature.Session and their own small store interface",
	},
	{
		in: leaves, banned: []string{"log", "log/slog", "net", "net/http", "os", "sync"},
		why: "leaves are values and pure functions",
	},
	{
		in: leaves, except: "xmppsvc/model", banned: []string{"context"},
		why: "leaves wait for nothing (model only gives the errors of contexts a kind)",
	},
	{
		in: "xmppsvc/demo", banned: []string{"dovekie/xmppsvc/stream", "dovekie/xmppsvc/account"},
		why: "the server must not share the client's mistakes",
	},
	{
		in: "xmppsvc/xmpptest", banned: []string{"dovekie/..."},
		why: "every package may use it in its tests, so it may use none",
	},
	{
		in: "...", banned: []string{"dovekie/xmppsvc/xmpptest"},
		why: "servers are started by tests alone",
	},
	{
		in: "...", except: "xmppsvc/xmpptest", banned: []string{"github.com/miekg/dns"},
		why: "the client asks through net.Resolver; the name server is for tests", tests: true,
	},
	{
		in: "xmppsvc/... app/... widgets/... assets/...", banned: []string{"dovekie/cmd/..."},
		why: "main packages wire and hold no logic", tests: true,
	},
	{
		in: "...", banned: []string{"testing"},
		except: "xmppsvc/xmpptest", why: "no test code in programs",
	},
}

func init() {
	for _, one := range strings.Fields(features) {
		importRules = append(importRules, importRule{
			in: one, banned: others(features, one), why: "features never import each other",
		})
	}
	for _, one := range strings.Fields(views) {
		importRules = append(importRules, importRule{
			in: one, banned: others(views, one), why: "views meet only in app",
		})
	}
	for _, one := range strings.Fields(leaves) {
		importRules = append(importRules, importRule{
			in: one, banned: []string{"dovekie/..."}, but: append(others(leaves, one), module+one), why: "leaves know only leaves",
		})
	}
}

func others(list, one string) []string {
	var rest []string
	for _, p := range strings.Fields(list) {
		if p != one {
			rest = append(rest, module+p)
		}
	}
	return rest
}

// matches says whether the path p is named by one of the patterns.
func matches(p string, patterns ...string) bool {
	for _, pattern := range patterns {
		below, open := strings.CutSuffix(pattern, "...")
		if p == pattern || open && (strings.HasPrefix(p, below) || p == strings.TrimSuffix(below, "/")) {
			return true
		}
	}
	return false
}

func (r importRule) covers(f sourceFile) bool {
	return (r.tests || !f.test) && matches(f.dir, strings.Fields(r.in)...) && !matches(f.dir, strings.Fields(r.except)...)
}

func (r importRule) bans(imported string) bool {
	return matches(imported, r.banned...) && !matches(imported, r.but...)
}

func TestImportsFollowTheArchitecture(t *testing.T) {
	for _, f := range sources(t) {
		for _, spec := range f.ast.Imports {
			imported := strings.Trim(spec.Path.Value, `"`)
			for _, r := range importRules {
				if r.covers(f) && r.bans(imported) {
					t.Errorf("%s imports %s, which it must not: %s", f.path, imported, r.why)
				}
			}
		}
	}
}

// useRule bans the mention of an exported name of an imported package.
type useRule struct {
	pkg, name string // import path; "A|B" for several names
	in        string
	except    string // files or packages that may
	why       string
	tests     bool
}

var useRules = []useRule{
	{
		pkg: "fyne.io/fyne/v2", name: "Do", in: "...", except: "app/pump.go",
		why: "there is one way into the UI goroutine: the pump's post", tests: true,
	},
	{
		pkg: "fyne.io/fyne/v2", name: "DoAndWait", in: "...",
		why: "it deadlocks when called from the UI goroutine", tests: true,
	},
	{
		pkg: "time", name: "Now|Since|Until", in: "app/state",
		why: "a clock would make the replay of events give another state",
	},
	{
		pkg: "time", name: "AfterFunc|Sleep|NewTimer|NewTicker|Tick|After", in: "app/state widgets/... " + views,
		why: "pump.After is the only timer of the user interface",
	},
	{
		pkg: "sync", name: "Mutex|RWMutex", in: "app/state widgets/... xmppsvc/account " + features + " " + views,
		why: "each of these belongs to one goroutine",
	},
	{
		pkg: "fmt", name: "Print|Println|Printf", in: "xmppsvc/... app/... widgets/... assets/...",
		why: "standard output belongs to the protocol of dovekiectl",
	},
	{
		pkg: "os", name: "Exit", in: "xmppsvc/... app/... widgets/... assets/...",
		why: "only main decides how the program ends",
	},
}

func (r useRule) covers(f sourceFile) bool {
	except := strings.Fields(r.except)
	return (r.tests || !f.test) && matches(f.dir, strings.Fields(r.in)...) && !matches(f.dir, except...) && !matches(f.path, except...)
}

func TestNamesAreUsedOnlyWhereTheyBelong(t *testing.T) {
	for _, f := range sources(t) {
		for _, r := range useRules {
			if !r.covers(f) {
				continue
			}
			for _, name := range strings.Split(r.name, "|") {
				for _, at := range f.mentions(r.pkg, name) {
					t.Errorf("%s mentions %s.%s: %s", at, path.Base(strings.TrimSuffix(r.pkg, "/v2")), name, r.why)
				}
			}
		}
	}
}

func TestOneMentionOfFyneDo(t *testing.T) {
	var all []string
	pump := false
	for _, f := range sources(t) {
		pump = pump || f.path == "app/pump.go"
		all = append(all, f.mentions("fyne.io/fyne/v2", "Do")...)
	}
	if pump && len(all) != 1 {
		t.Errorf("fyne.Do is mentioned %d times, at %v; once, in app/pump.go, is right", len(all), all)
	}
}

// singleThreaded are the packages that belong to the goroutine that calls them.
const singleThreaded = "app/state widgets/... " + views + " " + features + " " + leaves

func TestGoroutinesStartOnlyWhereTheyAreOwned(t *testing.T) {
	for _, f := range sources(t) {
		if f.test || !matches(f.dir, strings.Fields(singleThreaded)...) {
			continue
		}
		ast.Inspect(f.ast, func(n ast.Node) bool {
			if stmt, ok := n.(*ast.GoStmt); ok {
				t.Errorf("%s starts a goroutine: these packages belong to the goroutine that calls them", f.at(stmt))
			}
			return true
		})
	}
}

func TestDovekiectlIsFreeOfFyneAndCgo(t *testing.T) {
	for _, system := range []string{"linux", "windows", "darwin"} {
		cgo := "0"
		if system == "linux" {
			cgo = "1" // so that a package with a cgo variant shows it
		}
		for _, line := range goList(t, system, cgo, "./cmd/dovekiectl") {
			imported, cgoFiles, standard := line[0], line[1], line[2]
			if matches(imported, "fyne.io/...", "dovekie/app/...", "dovekie/widgets/...", "github.com/go-gl/...") {
				t.Errorf("on %s, dovekiectl links %s: it must run without a window system", system, imported)
			}
			if standard == "false" && cgoFiles != "0" {
				t.Errorf("on %s, dovekiectl links %s, which needs cgo: it must cross-compile to every system", system, imported)
			}
		}
	}
}

// goList returns import path, number of cgo files and "is in the standard
// library" for a package and all it depends on.
func goList(t *testing.T, system, cgo, pkg string) [][]string {
	t.Helper()
	cmd := exec.Command("go", "list", "-deps", "-f", "{{.ImportPath}} {{len .CgoFiles}} {{.Standard}}", pkg)
	cmd.Dir = root
	cmd.Env = append(os.Environ(), "GOOS="+system, "GOARCH=amd64", "CGO_ENABLED="+cgo, "GOFLAGS=")
	out, err := cmd.CombinedOutput()
	if err != nil {
		if strings.Contains(string(out), "no non-test Go files") {
			t.Skip("dovekiectl has no code")
		}
		t.Fatalf("go list on %s: %v\n%s", system, err, out)
	}
	var lines [][]string
	for _, text := range strings.Split(strings.TrimSpace(string(out)), "\n") {
		if words := strings.Fields(text); len(words) == 3 {
			lines = append(lines, words)
		}
	}
	if len(lines) == 0 {
		t.Fatal(fmt.Errorf("go list printed nothing for %s", pkg))
	}
	return lines
}

func TestRulesWouldNoticeABreach(t *testing.T) {
	f := sourceFile{dir: "xmppsvc/roster", path: "xmppsvc/roster/x.go"}
	breached := 0
	for _, r := range importRules {
		for _, imported := range []string{
			"fyne.io/fyne/v2", "dovekie/xmppsvc/storage", "dovekie/xmppsvc/muc", "gosrc.io/xmpp", "gosrc.io/xmpp/stanza",
			"database/sql", "modernc.org/sqlite", "github.com/zalando/go-keyring", "dovekie/app",
		} {
			if r.covers(f) && r.bans(imported) {
				breached++
			}
		}
	}
	if breached != 9 {
		t.Errorf("%d of 9 breaches noticed", breached)
	}
	if matches("gosrc.io/xmpp/stanza", "gosrc.io/xmpp") || !matches("app", "app/...") || matches("application", "app/...") {
		t.Error("patterns match what they should not")
	}
}
