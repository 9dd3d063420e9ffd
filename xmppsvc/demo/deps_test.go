package demo_test

import (
	"os/exec"
	"strings"
	"testing"
)

// What the server must not be built on, and why.
var banned = map[string]string{
	"dovekie/xmppsvc/stream":  "the server must not share the client's mistakes",
	"dovekie/xmppsvc/account": "the server must not share the client's mistakes",
	"dovekie/xmppsvc/storage": "storage is the one door to SQL, and the demo's state is a file of its own",
	"database/sql":            "storage is the one door to SQL",
	"dovekie/app":             "the service knows no window",
	"fyne.io/":                "the service knows no window",
	"gosrc.io/xmpp":           "stream is its one door",
	"net/http":                "the demo reaches nothing outside",
}

func TestDependencies(t *testing.T) {
	out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", ".").Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, dep := range strings.Fields(string(out)) {
		for path, why := range banned {
			if dep == path || strings.HasPrefix(dep, strings.TrimSuffix(path, "/")+"/") {
				t.Errorf("%s: %s", dep, why)
			}
		}
	}
}
