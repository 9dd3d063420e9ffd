package connection

import (
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"

	"dovekie/app/tr"
	"dovekie/assets"
	"dovekie/widgets"
	"dovekie/widgets/skin"
	"dovekie/xmppsvc/trace"
)

// consolePage is the XML console.
type consolePage struct {
	data   console
	paused bool
	search *widgets.Search
	in     *widgets.Chip
	out    *widgets.Chip
	kinds  [classes]*widgets.Chip
	only   *widgets.Chip // the address that alone is shown
	keep   *widgets.Chip
	count  *widgets.Words
	pause  *widgets.IconButton
	clear  *widgets.IconButton
	list   *widgets.RowList
	none   *widgets.Empty
	title  *widgets.Words
	copy   *widgets.IconButton
	pair   *widgets.Link
	code   *widgets.CodeView
	detail *fyne.Container
	field  *widgets.CodeField
	preset *widgets.Button
	send   *widgets.Button
	chosen uint64 // what the detail shows
	page   *fyne.Container
	lay    *consoleLayout
}

func (v *View) makeConsole() fyne.CanvasObject {
	x := &v.xml
	x.search = widgets.NewSearch(tr.T("conn.filter"), widgets.SearchActions{
		OnChanged: func(string) { v.clock.Measure("connection filter", v.refilter) },
		OnDown:    v.Focus,
	})
	filter := func(key string) *widgets.Chip {
		return widgets.NewChip(tr.T(key), true, func(bool) { v.clock.Measure("connection filter", v.refilter) })
	}
	x.in, x.out = filter("conn.only.in"), filter("conn.only.out")
	for i, key := range []string{"conn.only.message", "conn.only.presence", "conn.only.iq", "conn.only.other"} {
		x.kinds[i] = filter(key)
	}
	x.only = widgets.NewChip("", true, func(bool) { v.onlyAddress("") })
	x.only.Hide()
	x.keep = widgets.NewChip(tr.T("conn.keep"), false, v.actions.Keep)
	x.count = widgets.NewWords("", skin.TextNote, skin.Secondary, false)
	x.pause = widgets.NewIconButton(assets.IconPause, v.pauseOrGo)
	x.clear = widgets.NewIconButton(assets.IconTrash, v.clearConsole)
	v.hints.Name(x.pause, tr.T("conn.pause"))
	v.hints.Name(x.clear, tr.T("conn.clear"))
	v.hints.Name(x.keep, tr.T("conn.keep_hint"))
	x.list = widgets.NewRowList(&x.data, widgets.StanzaRowHeight, true, widgets.RowActions{OnPick: v.pick, OnMenu: v.stanzaMenu})
	x.none = widgets.NewEmpty(tr.T("conn.quiet"), tr.T("conn.quiet_text"), skin.Panel)
	v.makeDetail()
	v.makeSend()
	chips := container.New(&flowLayout{gap: 8}, x.in, x.out, x.kinds[0], x.kinds[1], x.kinds[2], x.kinds[3], x.only)
	bar := container.New(barLayout{}, x.search, x.pause, x.clear)
	send := container.New(sendLayout{x.field}, widgets.NewRule(), x.field, x.preset, x.send)
	x.lay = &consoleLayout{field: x.field}
	x.page = container.New(x.lay, bar, chips, x.count, x.keep, widgets.NewRule(), container.NewStack(x.list, x.none), x.detail, send)
	x.field.OnUsed(v.laySend)
	return x.page
}

// laySend gives the field the room that it needs now.
func (v *View) laySend() {
	if x := &v.xml; x.lay.foot(x.page.Size()) != x.lay.footed {
		x.lay.Layout(x.page.Objects, x.page.Size())
	}
}

func (v *View) makeDetail() {
	x := &v.xml
	x.title = widgets.NewWords("", skin.TextNote, skin.Secondary, false)
	x.copy = widgets.NewIconButton(assets.IconCopy, func() { v.actions.Copy(v.chosenText()) })
	v.hints.Name(x.copy, tr.T("conn.copy"))
	x.pair = widgets.NewLink("", v.showPair)
	x.code = widgets.NewCodeView()
	ground := canvas.NewRectangle(skin.Color(skin.ChatGround))
	x.detail = container.NewStack(ground, container.New(detailLayout{}, x.title, x.pair, x.copy, x.code))
	v.show(0)
}

// refilter shows what the filters let through now.
func (v *View) refilter() {
	x := &v.xml
	f := Filter{HideIn: !x.in.On(), HideOut: !x.out.On(), Text: strings.TrimSpace(x.search.Text()), Address: x.data.filter.Address}
	for i, c := range x.kinds {
		f.Hidden[i] = !c.On()
	}
	x.data.setFilter(f)
	x.data.scan()
	v.changedConsole()
	x.list.ToEnd()
	if it := x.data.find(x.chosen); it != nil {
		x.list.Pick(x.chosen) // in sight
		x.code.SetLines(v.linesOf(it))
	}
	v.actions.Turned() // there may be more to scan
}

// onlyAddress shows one address alone, or all with "".
func (v *View) onlyAddress(address string) {
	x := &v.xml
	x.data.filter.Address = address
	if address == "" {
		x.only.Hide()
	} else {
		x.only.SetText(tr.T("conn.only_address", "who", address))
		x.only.SetOn(true)
		x.only.Show()
	}
	v.refilter()
	v.pages[PageXML].Refresh()
}

// Take adds what travelled since, unless the console is paused, and goes on filtering
// what came before; busy reports that there is more of that to do.
func (v *View) Take(entries []trace.Entry) (busy bool) {
	x := &v.xml
	before := x.data.shown()
	x.data.take(entries)
	scanned := x.data.unscanned > 0
	busy = x.data.scan()
	if len(entries) > 0 || scanned || before != x.data.shown() {
		v.changedConsole()
	}
	return busy
}

// Wants reports whether the console is in sight and takes what travels.
func (v *View) Wants() bool { return v.Page() == PageXML && !v.xml.paused }

// Scanning reports whether older stanzas wait to be filtered.
func (v *View) Scanning() bool { return v.Page() == PageXML && v.xml.data.unscanned > 0 }

// changedConsole draws the console anew.
func (v *View) changedConsole() {
	x := &v.xml
	x.list.Changed()
	all, shown := len(x.data.items), x.data.shown()
	switch {
	case shown > 0:
		x.none.Hide()
	case all == 0:
		x.none.SetText(tr.T("conn.quiet"), tr.T("conn.quiet_text"))
		x.none.Show()
	default:
		x.none.SetText(tr.T("conn.filtered"), tr.T("conn.filtered_text"))
		x.none.Show()
	}
	v.chooseShown()
	words := tr.T("conn.count", "n", strconv.Itoa(shown), "all", strconv.Itoa(all))
	if x.paused {
		words = tr.T("conn.paused") + " · " + words
	}
	x.count.SetText(words)
}

// chooseShown leaves nothing in the detail that the list does not show: with a filter the
// newest of those that it lets through comes there.
func (v *View) chooseShown() {
	x := &v.xml
	if x.chosen != 0 && x.data.place(x.chosen) >= 0 || x.chosen == 0 && x.data.query == "" {
		return
	}
	seq := uint64(0)
	if n := x.data.shown(); n > 0 && x.data.filter != (Filter{}) {
		seq = x.data.at(n - 1)
	}
	x.list.Pick(seq)
	v.show(seq)
}

func (v *View) pauseOrGo() {
	x := &v.xml
	x.paused = !x.paused
	icon, hint := assets.IconPause, "conn.pause"
	if x.paused {
		icon, hint = assets.IconPlay, "conn.go_on"
	}
	x.pause.SetIcon(icon)
	v.hints.Name(x.pause, tr.T(hint))
	v.changedConsole()
	v.actions.Turned()
}

func (v *View) clearConsole() {
	v.xml.data.clear()
	v.show(0)
	v.changedConsole()
}

func (v *View) pick(seq uint64) { v.clock.Measure("connection read", func() { v.show(seq) }) }

// show puts one element into the detail, 0 for none.
func (v *View) show(seq uint64) {
	x := &v.xml
	x.chosen = seq
	it := x.data.find(seq)
	pair := ""
	if it == nil {
		x.chosen = 0
		x.title.SetText(tr.T("conn.choose"))
		x.code.SetLines(nil)
		x.copy.SetEnabled(false)
	} else {
		x.title.SetText(title(it))
		x.code.SetLines(v.linesOf(it))
		x.copy.SetEnabled(it.XML != "")
		switch {
		case it.pair > it.Seq:
			pair = tr.T("conn.show_answer")
		case it.pair > 0:
			pair = tr.T("conn.show_question")
		}
	}
	x.pair.SetText(pair)
	if pair == "" {
		x.pair.Hide()
	} else {
		x.pair.Show()
	}
	if x.detail != nil {
		x.detail.Refresh()
	}
}

// linesOf are the lines of an element, with what is looked for marked.
func (v *View) linesOf(it *item) []widgets.CodeLine {
	if it.XML == "" {
		return []widgets.CodeLine{{Spans: []widgets.Span{{Text: tr.T("conn.made_room"), Role: skin.Secondary}}}}
	}
	return marked(pretty(it.XML), v.xml.data.query)
}

func (v *View) showPair() {
	if it := v.xml.data.find(v.xml.chosen); it != nil && it.pair > 0 {
		v.xml.list.Pick(it.pair)
		v.show(it.pair)
	}
}

func (v *View) chosenText() string {
	if it := v.xml.data.find(v.xml.chosen); it != nil {
		return plain(pretty(it.XML))
	}
	return ""
}

// copyMost bounds what "copy all" gives to the clipboard.
const copyMost = 1 << 20

// allText is all that is shown, as far as the clipboard should take it.
func (v *View) allText() string {
	var b strings.Builder
	d := &v.xml.data
	from := d.shown()
	for size := 0; from > 0 && size < copyMost; from-- {
		size += len(d.find(d.at(from-1)).XML) + 100
	}
	for i := from; i < d.shown(); i++ {
		it := d.find(d.at(i))
		b.WriteString("<!-- " + title(it) + " -->\n" + it.XML + "\n\n")
	}
	return b.String()
}

func (v *View) stanzaMenu(seq uint64, at fyne.Position) {
	it := v.xml.data.find(seq)
	if it == nil {
		return
	}
	peer := it.Peer
	items := []widgets.MenuItem{
		{Key: "copy", Text: tr.T("conn.copy"), Icon: assets.IconCopy},
		{Key: "all", Text: tr.T("conn.copy_all"), Icon: assets.IconCopy},
	}
	if peer != "" {
		items = append(items, widgets.MenuItem{}, widgets.MenuItem{Key: "only", Text: tr.T("conn.only_this"), Icon: assets.IconUser})
	}
	v.actions.Menu(at, items, func(key string) {
		switch key {
		case "copy":
			v.actions.Copy(v.chosenText())
		case "all":
			v.actions.Copy(v.allText())
		case "only":
			v.onlyAddress(bareOf(peer))
		}
	})
}

// bareOf is an address as text without its resource.
func bareOf(address string) string {
	bare, _, _ := strings.Cut(address, "/")
	return bare
}

func (x *consolePage) facts(object func(key, text string, at fyne.CanvasObject), add func(key, text string, pos fyne.Position, size fyne.Size, o fyne.CanvasObject)) {
	object("conn.filter", x.search.Text(), x.search)
	object("conn.count", x.count.Text(), nil)
	object("conn.pause", strconv.FormatBool(x.paused), x.pause)
	object("conn.clear", "", x.clear)
	for i, c := range append([]*widgets.Chip{x.in, x.out, x.keep, x.only}, x.kinds[:]...) {
		object("conn.chip"+strconv.Itoa(i), c.Text()+" "+strconv.FormatBool(c.On()), c)
	}
	base := fyne.CurrentApp().Driver().AbsolutePositionForObject(x.list)
	for i := max(x.data.shown()-40, 0); i < x.data.shown(); i++ {
		if pos, size, ok := x.list.Place(i); ok {
			r := rowOf(x.data.find(x.data.at(i)))
			way := "in "
			if r.Out {
				way = "out "
			}
			add("conn.stanza"+strconv.FormatUint(x.data.at(i), 10), way+r.Kind+" "+r.What+" "+r.Peer+" "+r.Took, base.Add(pos), size, nil)
		}
	}
	object("conn.detail", x.title.Text(), x.code)
	object("conn.pair", "", x.pair)
	object("conn.copy", "", x.copy)
	if marks := x.code.Marked(); len(marks) > 0 {
		object("conn.marked", strings.Join(marks, "|"), nil)
	}
	object("conn.field", x.field.Text(), x.field)
	object("conn.error", x.field.ErrorText(), nil)
	object("conn.preset", "", x.preset)
	object("conn.send", "", x.send)
}
