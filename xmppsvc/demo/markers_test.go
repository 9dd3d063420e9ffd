package demo_test

import (
	"fmt"
	"testing"
	"time"

	"dovekie/xmppsvc/demo"
	"dovekie/xmppsvc/stanza"
	"dovekie/xmppsvc/xep"
)

// A person's program says at once that it got something; the person looks a moment later,
// sees all that is there, and answers after that.
func TestContactsLookBeforeTheyAnswer(t *testing.T) {
	for local, busy := range map[string]bool{"pip": false, "nora": false, "ben": true} {
		t.Run(local, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				c := owner(t, start(t, demo.Options{Lang: "en"}))
				for n := range 2 {
					c.write("<message type='chat' id='m%d' to='%s'><body>are you there</body>%s%s</message>",
						n, address(local), xep.ReceiptRequest(), xep.Markable())
				}
				var receipts int
				var seen, answered time.Duration
				for _, e := range c.record(10 * time.Second) {
					switch {
					case !sentBy(e.el, address(local)) || e.el.Name.Local != "message":
					case e.el.Child(xep.NSReceipts, "received") != nil:
						if r, _ := xep.ReceiptOf(e.el); r.ID != fmt.Sprint("m", receipts) {
							t.Errorf("a receipt for %s", r.ID)
						}
						if receipts++; e.at < 100*time.Millisecond || e.at > 500*time.Millisecond {
							t.Errorf("a receipt after %v", e.at)
						}
					case e.el.Child(xep.NSMarkers, "displayed") != nil:
						if m, _ := xep.MarkerOf(e.el); m.ID != "m1" || seen != 0 {
							t.Errorf("a marker for %s", m.ID)
						}
						seen = e.at
					case e.el.Child(stanza.NSClient, "body") != nil && answered == 0:
						if answered = e.at; !xep.IsMarkable(e.el) {
							t.Errorf("it does not want to know whether it was read: %v", e.el)
						}
					}
				}
				soonest := 400 * time.Millisecond
				if busy {
					soonest *= 2
				}
				if receipts != 2 || seen < soonest || seen > 3*time.Second || answered <= seen {
					t.Errorf("%d receipts, seen after %v, answered after %v", receipts, seen, answered)
				}
			})
		})
	}
}

func TestContactsSayNothingThatNobodyAskedFor(t *testing.T) {
	bubble(t, func(t *testing.T) {
		c := owner(t, start(t, demo.Options{}))
		for n, inside := range []string{
			"<body>x</body>", "<body>x</body>" + xep.Marker{Name: "displayed", ID: "m"}.Element().String(),
			xep.Markable().String() + xep.ReceiptRequest().String(), xep.Marker{Name: "displayed", ID: "m"}.Element().String(),
		} {
			c.write("<message type='chat' id='m%d' to='%s'>%s</message>", n, address("ben"), inside)
		}
		c.never(10*time.Second, "a confirmation", func(el *stanza.Element) bool {
			return el.Child(xep.NSReceipts, "received") != nil || el.Child(xep.NSMarkers, "displayed") != nil
		})
	})
}

// A flood is read at once, and answered in order.
func TestContactsReadAFlood(t *testing.T) {
	bubble(t, func(t *testing.T) {
		c := owner(t, start(t, demo.Options{}))
		for n := range 300 {
			c.write("<message type='chat' id='m%d' to='%s'><body>%d</body>%s</message>", n, address("echo"), n, xep.Markable())
		}
		marker := ""
		for n := range 300 {
			el := c.expect("an echo", func(el *stanza.Element) bool {
				if m, ok := xep.MarkerOf(el); ok {
					marker = m.ID
				}
				return message(address("echo"), "")(el)
			})
			if got := el.ChildText(stanza.NSClient, "body"); got != fmt.Sprint(n) {
				t.Fatalf("%s at the place of %d", got, n)
			}
		}
		if marker != "m299" {
			t.Errorf("seen up to %s", marker)
		}
	})
}
