package tr_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"dovekie/app/tr"
	"dovekie/assets"
	"dovekie/xmppsvc/model"
)

func catalogue(t *testing.T, lang string) map[string]string {
	t.Helper()
	m, err := assets.Translations(lang)
	if err != nil {
		t.Fatal(err)
	}
	if len(m) == 0 {
		t.Fatalf("no texts in %s", lang)
	}
	return m
}

var placeholder = regexp.MustCompile(`\{[a-z_]+\}`)

// datePart may stand in one language alone: the order and names of months differ.
func datePart(key string) bool { return strings.HasPrefix(key, "day.") }

func TestBothCataloguesHaveTheSameKeysAndPlaceholders(t *testing.T) {
	en, zh := catalogue(t, "en"), catalogue(t, "zh")
	for key, text := range en {
		other, ok := zh[key]
		if !ok {
			t.Errorf("zh lacks %s", key)
			continue
		}
		if strings.TrimSpace(text) == "" || strings.TrimSpace(other) == "" {
			t.Errorf("%s is empty", key)
		}
		for _, p := range placeholder.FindAllString(text, -1) {
			if !strings.Contains(other, p) && !datePart(key) {
				t.Errorf("zh %s lacks %s", key, p)
			}
		}
		for _, p := range placeholder.FindAllString(other, -1) {
			if !strings.Contains(text, p) && !datePart(key) {
				t.Errorf("en %s lacks %s", key, p)
			}
		}
	}
	for key := range zh {
		if _, ok := en[key]; !ok {
			t.Errorf("en lacks %s", key)
		}
	}
}

func TestChineseMarksAreFullWidthNextToHan(t *testing.T) {
	half := regexp.MustCompile(`\p{Han}[,!?:;()]|[,!?:;()]\p{Han}`)
	for key, text := range catalogue(t, "zh") {
		if m := half.FindString(text); m != "" {
			t.Errorf("%s: %q in %q", key, m, text)
		}
	}
}

// fieldTerms: the connection page speaks to those who look for faults, in their words.
func fieldTerms(key string) bool { return strings.HasPrefix(key, "conn.") }

// A text that nobody shows is a translation nobody checks.
func TestEveryTextIsUsed(t *testing.T) {
	var used, begins []string
	word := regexp.MustCompile(`"([a-z0-9_.]+)"`)
	for _, root := range []string{"../../app", "../../widgets", "../../cmd"} {
		err := filepath.WalkDir(root, func(path string, _ fs.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			src, err := os.ReadFile(path)
			for _, m := range word.FindAllSubmatch(src, -1) {
				if w := string(m[1]); strings.HasSuffix(w, ".") {
					begins = append(begins, w)
				} else {
					used = append(used, w)
				}
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	begun := func(key string) bool {
		return slices.ContainsFunc(begins, func(b string) bool { return strings.HasPrefix(key, b) })
	}
	for key := range catalogue(t, "en") {
		if !slices.Contains(used, key) && !begun(key) {
			t.Errorf("nothing shows %s", key)
		}
	}
}

func TestForbiddenWordsAreNotOnScreen(t *testing.T) {
	en := regexp.MustCompile(`(?i)\b(jids?|roster|resource|stanza|subscription|subscribe|oops|sorry|buddy|buddies|xmpp)\b`)
	for key, text := range catalogue(t, "en") {
		if m := en.FindString(text); m != "" && !fieldTerms(key) {
			t.Errorf("%s says %q", key, m)
		}
		if strings.HasPrefix(key, "err.") && strings.Contains(text, "!") {
			t.Errorf("%s shouts", key)
		}
	}
	zh := regexp.MustCompile(`帐号|抱歉|您|花名册|订阅|资源`)
	for key, text := range catalogue(t, "zh") {
		if m := zh.FindString(text); m != "" {
			t.Errorf("%s says %q", key, m)
		}
		if strings.HasPrefix(key, "err.") && strings.Contains(text, "！") {
			t.Errorf("%s shouts", key)
		}
	}
}

func TestTheTableOfWordsIsKept(t *testing.T) {
	want := map[string][2]string{
		"err.auth_failed":  {"The password is not right for this address.", "密码不正确。"},
		"err.unknown_host": {"There is no chat server at {host}. Check the part after @.", "找不到服务器 {host}，请检查 @ 后面的部分。"},
		"strip.offline":    {"No connection. Messages wait here and go out by themselves.", "网络已断开。消息已保存，联网后自动发送。"},
		"cert.text":        {"We cannot be sure this is really {host}. Your password was not sent.", "无法确认对方就是 {host}。密码尚未发送。"},
		"err.no_keychain":  {"This computer has no password store, so Dovekie will ask each time.", "系统没有密码库，每次登录需要输入密码。"},
		"chat.encrypted":   {"This message is end-to-end encrypted. Dovekie cannot read it yet.", "这条消息经过端到端加密，小海雀暂时无法读取。"},
	}
	en, zh := catalogue(t, "en"), catalogue(t, "zh")
	for key, w := range want {
		if en[key] != w[0] || zh[key] != w[1] {
			t.Errorf("%s: %q / %q", key, en[key], zh[key])
		}
	}
}

func TestLanguageSwitchesWhileRunning(t *testing.T) {
	tr.Use("zh")
	if got := tr.T("err.unknown_host", "host", "exmaple.org"); got != "找不到服务器 exmaple.org，请检查 @ 后面的部分。" {
		t.Error(got)
	}
	if got := tr.T("chat.placeholder", "name", "Echo"); got != "发消息给 Echo，Enter 发送" {
		t.Error(got)
	}
	if got := tr.T("chat.typing", "name", "Echo") + tr.T("chat.typing", "name", "陈思远"); got != "Echo 正在输入陈思远正在输入" {
		t.Error(got)
	}
	tr.Use("en")
	if got := tr.T("login.signin"); got != "Sign in" {
		t.Error(got)
	}
	if tr.Match("zh_TW.UTF-8") != "zh" || tr.Match("de_DE") != "en" || tr.Match("") != "en" {
		t.Error("wrong language for a locale")
	}
}

func TestEveryKindOfErrorHasASentence(t *testing.T) {
	kinds := []model.ErrorKind{model.ErrAuthFailed, model.ErrCertificateRejected, model.ErrTLSRequired, model.ErrUnknownHost,
		model.ErrUnreachable, model.ErrTimeout, model.ErrNotOnline, model.ErrInvalidJID, model.ErrNoPassword, model.ErrNoKeychain,
		model.ErrConflict, model.ErrServerRefused, model.ErrDowngrade, model.ErrProtocol, model.ErrTooLarge, model.ErrStorage,
		model.ErrDiskFull, model.ErrUnsupported, model.ErrWhichAccount, model.ErrUnknownAccount, model.ErrInvalid, model.ErrInUse, model.ErrCancelled}
	for _, lang := range []string{"en", "zh"} {
		tr.Use(lang)
		for _, k := range kinds {
			if !tr.Has("err." + string(k)) {
				t.Errorf("%s: no sentence for %s", lang, k)
			}
			if s := tr.Error(&model.Error{Kind: k}, ""); strings.Contains(s, "{") {
				t.Errorf("%s: %s", lang, s)
			}
		}
	}
	tr.Use("en")
}
