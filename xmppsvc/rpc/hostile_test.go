package rpc_test

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"strings"
	"testing"
	"time"

	"dovekie/xmppsvc"
	"dovekie/xmppsvc/rpc"
)

// serve answers the lines and returns what was written.
func serve(t *testing.T, lines string) (answers []map[string]any, out, log string) {
	t.Helper()
	svc, err := xmppsvc.Open(t.Context(), xmppsvc.Options{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	var w, l bytes.Buffer
	if err := rpc.Serve(t.Context(), svc, strings.NewReader(lines), &w, rpc.Options{Log: slog.New(slog.NewTextHandler(&l, nil))}); err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(w.String()) {
		var v map[string]any
		if err := json.Unmarshal([]byte(line), &v); err != nil {
			t.Fatalf("wrote what is no JSON: %.200q", line)
		}
		if v["method"] == nil {
			answers = append(answers, v)
		}
	}
	return answers, w.String(), l.String()
}

func TestBadLinesAreAnsweredAndTheNextOneWorks(t *testing.T) {
	for name, line := range map[string]string{
		"no JSON":          `{`,
		"spaces":           `   `,
		"NUL":              "\x00",
		"broken UTF-8":     "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"\xff\"}",
		"a number":         `1`,
		"null":             `null`,
		"a batch":          `[{"jsonrpc":"2.0","id":1,"method":"account.list"}]`,
		"deep":             strings.Repeat(`{"a":`, 50_000) + "1" + strings.Repeat("}", 50_000),
		"too long":         `{"jsonrpc":"2.0","id":1,"method":"` + strings.Repeat("x", 2<<20) + `"}`,
		"id as object":     `{"jsonrpc":"2.0","id":{},"method":"account.list"}`,
		"no version":       `{"id":1,"method":"account.list"}`,
		"params as array":  `{"jsonrpc":"2.0","id":1,"method":"account.status","params":["x"]}`,
		"params as number": `{"jsonrpc":"2.0","id":1,"method":"account.status","params":1}`,
		"unknown name":     `{"jsonrpc":"2.0","id":1,"method":"account.status","params":{"acount":"x"}}`,
		"wrong type":       `{"jsonrpc":"2.0","id":1,"method":"account.status","params":{"account":{}}}`,
		"bad address":      `{"jsonrpc":"2.0","id":1,"method":"account.status","params":{"account":"@@/\u202e"}}`,
		"huge limit":       `{"jsonrpc":"2.0","id":1,"method":"history.page","params":{"chat":"a@b","limit":1e400}}`,
		"negative":         `{"jsonrpc":"2.0","id":1,"method":"history.page","params":{"chat":"a@b","limit":-1}}`,
		"no params":        `{"jsonrpc":"2.0","id":1,"method":"message.send"}`,
		"connect nobody":   `{"jsonrpc":"2.0","id":1,"method":"account.connect","params":{"jid":"server"}}`,
		"unknown method":   `{"jsonrpc":"2.0","id":1,"method":"os.exit"}`,
		"odd security":     `{"jsonrpc":"2.0","id":1,"method":"account.connect","params":{"jid":"a@b","password":"p","security":"rot13","address":"x y:z"}}`,
		"in process":       `{"jsonrpc":"2.0","id":1,"method":"account.connect","params":{"jid":"a@b","password":"p","security":"in_process"}}`,
		"plaintext":        `{"jsonrpc":"2.0","id":1,"method":"account.connect","params":{"jid":"a@b","password":"p","security":"plaintext","address":"203.0.113.1:5222"}}`,
		"missing CA":       `{"jsonrpc":"2.0","id":1,"method":"account.register","params":{"jid":"a@b","password":"p","ca_file":"/nonexistent"}}`,
	} {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			answers, out, _ := serve(t, line+"\n"+`{"jsonrpc":"2.0","id":"last","method":"account.list"}`+"\n")
			if len(answers) != 2 {
				t.Fatalf("%d answers: %.500s", len(answers), out)
			}
			bad, good := answers[0], answers[1]
			if bad["id"] == "last" {
				bad, good = good, bad
			}
			if bad["error"] == nil || good["id"] != "last" || good["result"] == nil {
				t.Errorf("%.500s", out)
			}
			if took := time.Since(start); took > 20*time.Second {
				t.Errorf("took %s", took)
			}
		})
	}
}

func TestPasswordsAreNotRepeated(t *testing.T) {
	const secret = "hunter2-37114022"
	for _, params := range []string{
		`{"jid":"a@b","password":["` + secret + `"]}`,
		`{"jid":"a@b","password":{"` + secret + `":1}}`,
		`{"jid":"a@b","password":37114022}`,
		`{"jid":"@","password":"` + secret + `"}`,
		`{"jid":"a@b.invalid","password":"` + secret + `","security":"plaintext","address":"203.0.113.1:1"}`,
		`{"jid":"a@b.invalid","password":"` + secret + `\u0000\u0007","security":"plaintext","address":"127.0.0.1:1"}`,
		`{"jid":"a@b.invalid","password":"` + secret + `","nonsense":1}`,
		`{"jid":"a@b.invalid","password":"` + secret + `"`,
	} {
		for _, method := range []string{"account.connect", "account.register"} {
			_, out, log := serve(t, `{"jsonrpc":"2.0","id":1,"method":"`+method+`","params":`+params+"}\n")
			if strings.Contains(out+log, "37114022") {
				t.Errorf("%s %s: %s%s", method, params, out, log)
			}
		}
	}
}

func TestAnIDOfAnySizeComesBack(t *testing.T) {
	id := strings.Repeat("x", 900_000)
	answers, _, _ := serve(t, `{"jsonrpc":"2.0","id":"`+id+`","method":"account.list"}`+"\n")
	if len(answers) != 1 || answers[0]["id"] != id {
		t.Errorf("%d answers", len(answers))
	}
}

func TestAThousandRequestsAtOnceAreAllAnswered(t *testing.T) {
	lines := strings.Repeat(`{"jsonrpc":"2.0","id":1,"method":"history.search","params":{"account":"a@b","query":"x"}}`+"\n", 3000)
	if answers, _, _ := serve(t, lines); len(answers) != 3000 {
		t.Errorf("%d answers", len(answers))
	}
}
