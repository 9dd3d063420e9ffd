//go:build unix

package xmppsvc_test

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"runtime"
	"runtime/metrics"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"

	"dovekie/xmppsvc"
	"dovekie/xmppsvc/event"
	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/stanza"
	"dovekie/xmppsvc/storage"
	"dovekie/xmppsvc/xep"
)

// library is a server that has nothing but an archive, and gives its pages as fast as they
// are asked for: the network is out of it.
type library struct {
	tb    testing.TB
	holds atomic.Int64 // messages in the archive
	peers int
	lines sync.WaitGroup
}

const libraryDomain = "library.example"

func (l *library) me() jid.JID { return jid.MustParse("reader@" + libraryDomain) }

// dial is Options.Pipe.
func (l *library) dial(context.Context) (net.Conn, error) {
	ours, theirs := net.Pipe()
	l.lines.Go(func() {
		defer ours.Close()
		l.serve(ours)
	})
	return theirs, nil
}

const (
	offerPlain = "<mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>PLAIN</mechanism></mechanisms>"
	offerRest  = "<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/><sm xmlns='urn:xmpp:sm:3'/>"
)

// serve lets the client in and answers it until it goes. What it says is written on a
// goroutine of its own: a pipe holds nothing, and the client talks meanwhile.
func (l *library) serve(conn net.Conn) {
	say := make(chan []byte, 1024)
	defer close(say)
	l.lines.Go(func() {
		for text := range say {
			if _, err := conn.Write(text); err != nil {
				_ = conn.Close()
			}
		}
	})
	rd := stanza.NewReader(conn, stanza.DefaultLimits)
	open := func(features string) {
		say <- fmt.Appendf(nil, "<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' id='1' version='1.0' from='%s'>"+
			"<stream:features>%s</stream:features>", libraryDomain, features)
	}
	if _, err := rd.Open(); err != nil {
		return
	}
	open(offerPlain)
	handled := 0
	for {
		el, err := rd.Next()
		switch {
		case err != nil:
			return
		case el.Name.Local == "auth":
			say <- []byte("<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>")
			rd.Restart()
			if _, err := rd.Open(); err != nil {
				return
			}
			open(offerRest)
		case el.Name.Local == "enable":
			handled = 0
			say <- []byte("<enabled xmlns='urn:xmpp:sm:3' id='s' resume='true'/>")
		case el.Name.Local == "resume":
			say <- []byte("<failed xmlns='urn:xmpp:sm:3'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></failed>")
		case el.Name.Local == "r":
			say <- fmt.Appendf(nil, "<a xmlns='urn:xmpp:sm:3' h='%d'/>", handled)
		case el.IsStanza():
			handled++
			var out bytes.Buffer
			l.answer(&out, el)
			if out.Len() > 0 {
				say <- out.Bytes()
			}
		}
	}
}

func (l *library) answer(out *bytes.Buffer, el *stanza.Element) {
	id := el.Get("id")
	q, ok := xep.ReadArchiveQuery(el)
	switch typ := el.Get("type"); {
	case ok:
		l.page(out, id, q)
	case el.Name.Local != "iq" || typ != "get" && typ != "set":
	case el.Child(stanza.NSBind, "bind") != nil:
		fmt.Fprintf(out, "<iq type='result' id='%s'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>%s/desk</jid></bind></iq>", id, l.me())
	case el.First().Is("jabber:iq:roster", "query"):
		fmt.Fprintf(out, "<iq type='result' id='%s'><query xmlns='jabber:iq:roster'>", id)
		for n := range l.peers {
			fmt.Fprintf(out, "<item jid='%s' subscription='both'/>", peerOf(n))
		}
		out.WriteString("</query></iq>")
	case el.First().Is("http://jabber.org/protocol/disco#info", "query"):
		fmt.Fprintf(out, "<iq type='result' id='%s' from='%s'><query xmlns='http://jabber.org/protocol/disco#info'><feature var='urn:xmpp:mam:2'/></query></iq>", id, el.Get("to"))
	default:
		fmt.Fprintf(out, "<iq type='error' id='%s' from='%s'><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>", id, el.Get("to"))
	}
}

func peerOf(n int) jid.JID { return jid.MustParse(fmt.Sprintf("friend%d@capulet.example", n)) }

// page answers a question for what lies behind an id, or for the newest.
func (l *library) page(out *bytes.Buffer, id string, q xep.ArchiveQuery) {
	holds := int(l.holds.Load())
	from := 0
	if q.After != "" {
		n, err := strconv.Atoi(strings.TrimPrefix(q.After, "a"))
		if err != nil {
			l.tb.Errorf("asked for what is behind %q", q.After)
			return
		}
		from = n + 1
	}
	to := min(holds, from+q.Max)
	if q.Last || q.Before != "" {
		from, to = max(0, holds-q.Max), holds
	}
	for n := from; n < to; n++ {
		l.message(out, q.ID, n)
	}
	fin := xep.ArchiveFin{Complete: to == holds, Stable: true, PageResult: xep.PageResult{Index: -1, Count: -1}}
	if to > from {
		fin.First, fin.Last = fmt.Sprintf("a%d", from), fmt.Sprintf("a%d", to-1)
	}
	fmt.Fprintf(out, "<iq type='result' id='%s'>%s</iq>", id, fin.Element())
}

// peer is whose chat the n-th message is of: a few are said here, then a few there.
func (l *library) peer(n int) jid.JID { return peerOf(n / 5 % l.peers) }

// message is the n-th of the archive, in English and Chinese, every fourth ours.
func (l *library) message(out *bytes.Buffer, queryid string, n int) {
	peer := l.peer(n).String()
	from, to, inside := peer+"/phone", l.me().String(), "<request xmlns='urn:xmpp:receipts'/><markable xmlns='urn:xmpp:chat-markers:0'/>"
	if n%4 == 3 {
		from, to, inside = l.me().String()+"/phone", peer, ""
	}
	fmt.Fprintf(out, "<message to='%s/desk' from='%s'><result xmlns='urn:xmpp:mam:2' queryid='%s' id='a%d'>"+
		"<forwarded xmlns='urn:xmpp:forward:0'><delay xmlns='urn:xmpp:delay' stamp='%s'/>"+
		"<message xmlns='jabber:client' type='chat' from='%s' to='%s' id='%s'><body>%s</body>"+
		"<origin-id xmlns='urn:xmpp:sid:0' id='%[8]s'/>%[10]s</message></forwarded></result></message>",
		l.me(), l.me(), queryid, n, libraryTime.Add(time.Duration(n)*time.Second).Format("2006-01-02T15:04:05Z"),
		from, to, uuid.NewMD5(uuid.NameSpaceURL, fmt.Append(nil, n)), libraryText(n), inside)
}

var libraryTime = time.Date(2026, 10, 1, 12, 0, 0, 0, time.UTC)

func libraryText(n int) string {
	words := []string{"今天天气很好", "我们去公园吧", "hello there", "明天开会讨论项目", "ok", "晚上一起吃饭吗", "see you"}
	var b strings.Builder
	for i := range 2 + n%5 {
		b.WriteString(words[(n*7+i*3)%len(words)])
		b.WriteByte(' ')
	}
	return b.String() + strconv.Itoa(n)
}

// BenchmarkCatchUp is the whole road of 100,000 messages that were missed, on one core:
// from bytes through the archive's pages to the disk, the index, the chats and the events.
// Beside it the naive way, on the same machine in the same run: each message a transaction.
func BenchmarkCatchUp(b *testing.B) {
	const missed, peers, least = 100_000, 50, 8000
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	for b.Loop() {
		rate, core, heap := catchUp(b, missed, peers)
		b.ReportMetric(rate, "messages/s")
		b.ReportMetric(core, "messages/core-s")
		b.ReportMetric(heap.before, "MiB-before")
		b.ReportMetric(heap.peak, "MiB-peak")
		b.ReportMetric(heap.after, "MiB-after")
		b.ReportMetric(naiveCatchUp(b, 2000, peers), "naive-messages/s")
		if core < least {
			b.Errorf("%.0f messages a second of a core, want %d", core, least)
		}
		// What is read must not stay in memory: the archive is larger than all of this.
		if heap.after > heap.before+8 || heap.peak > heap.before+64 {
			b.Errorf("the heap went from %.1f to %.1f MiB and back to %.1f", heap.before, heap.peak, heap.after)
		}
	}
}

type heap struct{ before, peak, after float64 } // MiB

// catchUp gives messages a second, by the clock and by the time that the processor worked.
func catchUp(b *testing.B, missed, peers int) (rate, core float64, h heap) {
	l := &library{tb: b, peers: peers}
	l.holds.Store(1)
	svc, err := xmppsvc.Open(b.Context(), xmppsvc.Options{Dir: b.TempDir(), Pipe: l.dial})
	if err != nil {
		b.Fatal(err)
	}
	defer func() {
		if err := svc.Close(context.Background()); err != nil {
			b.Error(err)
		}
		l.lines.Wait()
	}()
	feed := svc.Subscribe()
	defer feed.Close()
	events := 0
	until := func(body string) {
		for {
			batch, err := feed.Next(b.Context())
			if err != nil {
				b.Fatal(err)
			}
			events += len(batch)
			for _, ev := range batch {
				if c, ok := ev.(event.ChatChanged); ok && c.Chat.Last != nil && c.Chat.Last.Body == body {
					return
				}
			}
		}
	}
	request := model.ConnectRequest{JID: l.me(), Password: model.NewSecret("secret"), Security: model.SecurityInProcess}
	if _, err := svc.Connect(b.Context(), request); err != nil {
		b.Fatal(err)
	}
	until(libraryText(0))
	if err := svc.Disconnect(b.Context(), l.me()); err != nil {
		b.Fatal(err)
	}
	l.holds.Store(int64(missed) + 1)
	runtime.GC()
	h.before = heapNow()
	watch := watchHeap()
	start, worked := time.Now(), processor(b)
	if _, err := svc.Connect(b.Context(), request); err != nil {
		b.Fatal(err)
	}
	until(libraryText(missed))
	took, busy := time.Since(start), processor(b)-worked
	h.peak = watch()
	runtime.GC()
	h.after = heapNow()
	stored := 0
	for n := range peers {
		page, _, err := svc.History(b.Context(), model.ChatID{Account: l.me(), Peer: peerOf(n)}, "", missed)
		if err != nil {
			b.Fatal(err)
		}
		stored += len(page)
	}
	if stored != missed+1 {
		b.Fatalf("%d messages are stored, want %d", stored, missed+1)
	}
	b.Logf("%d messages in %v, %v of a core, %d events", missed, took.Round(time.Millisecond), busy.Round(time.Millisecond), events)
	return float64(missed) / took.Seconds(), float64(missed) / busy.Seconds(), h
}

// processor is how long this process has worked: how busy others keep the machine is not
// ours to say.
func processor(b *testing.B) time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

func heapNow() float64 {
	s := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(s)
	return float64(s[0].Value.Uint64()) / (1 << 20)
}

// watchHeap looks again and again until it is called, and tells the most it saw.
func watchHeap() (peak func() float64) {
	stop, most := make(chan struct{}), make(chan float64)
	go func() {
		tick := time.NewTicker(10 * time.Millisecond)
		defer tick.Stop()
		highest := heapNow()
		for {
			select {
			case <-tick.C:
				highest = max(highest, heapNow())
			case <-stop:
				most <- highest
				return
			}
		}
	}()
	return func() float64 { close(stop); return <-most }
}

// naiveCatchUp decodes the same stanzas and stores each as it comes.
func naiveCatchUp(b *testing.B, n, peers int) float64 {
	l := &library{tb: b, peers: peers}
	store, err := storage.Open(b.Context(), b.TempDir())
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = store.Close() }()
	if err := store.Update(b.Context(), func(tx storage.Tx) error { return tx.PutAccount(model.Account{JID: l.me()}) }); err != nil {
		b.Fatal(err)
	}
	start := time.Now()
	for i := range n {
		var text bytes.Buffer
		l.message(&text, "q", i)
		el, err := stanza.Parse(text.Bytes())
		if err != nil {
			b.Fatal(err)
		}
		r, _ := xep.ArchiveResultOf(el)
		m := model.Message{
			ID: model.MessageID(uuid.NewString()), Kind: model.KindText, From: l.peer(i), Body: r.Stanza.ChildText(stanza.NSClient, "body"),
			Chat: model.ChatID{Account: l.me(), Peer: l.peer(i)}, Time: r.Delay.Stamp, StanzaID: r.ID, StanzaBy: l.me(),
		}
		err = store.Update(b.Context(), func(tx storage.Tx) error {
			_, err := tx.InsertMessage(m, r.Stanza.Get("id"), r.Stanza.Append(nil, ""), false)
			return err
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	return float64(n) / time.Since(start).Seconds()
}
