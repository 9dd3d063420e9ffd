package connection

import (
	"strings"

	"fyne.io/fyne/v2"

	"dovekie/app/tr"
	"dovekie/widgets"
)

var _ widgets.Rows = (*console)(nil)

// Fit implements widgets.Rows.
func (c *console) Fit(float32) {}

// Len implements widgets.Rows.
func (c *console) Len() int { return c.shown() }

// ID implements widgets.Rows.
func (c *console) ID(i int) uint64 { return c.at(i) }

// Find implements widgets.Rows.
func (c *console) Find(id uint64) int { return c.place(id) }

// Height implements widgets.Rows.
func (c *console) Height(int) float32 { return widgets.StanzaRowHeight }

// Version implements widgets.Rows: a row never changes, but for its answer's time, which
// it has from the beginning.
func (c *console) Version(int) uint64 { return 1 }

// Pickable implements widgets.Rows.
func (c *console) Pickable(int) bool { return true }

// Draw implements widgets.Rows.
func (c *console) Draw(i int, width float32, dark bool) []fyne.CanvasObject {
	it := c.find(c.at(i))
	if it == nil {
		return nil
	}
	return rowOf(it).Draw(width, dark)
}

func rowOf(it *item) widgets.StanzaRow {
	r := widgets.StanzaRow{
		Time: it.Time.Local().Format("15:04:05"), Out: it.Out, Kind: it.Stanza, What: it.Child, Peer: it.Peer,
		Took: Took(it.took), Bad: it.Type == "error",
	}
	if it.Type != "" {
		r.Kind += " " + it.Type
	}
	if key := "conn.server_kind." + it.Stanza; r.What == "" && tr.Has(key) {
		r.What = tr.T(key)
	}
	if r.Peer == "" {
		r.Peer = tr.T("conn.server")
	}
	return r
}

// title says in a line what the element is, above its text.
func title(it *item) string {
	words := []string{it.Time.Local().Format("15:04:05.000")}
	key := "conn.received"
	if it.Out {
		key = "conn.sent"
	}
	peer := it.Peer
	if peer == "" {
		peer = tr.T("conn.server")
	}
	words = append(words, tr.T(key, "who", peer))
	if it.took > 0 {
		words = append(words, tr.T("conn.answered", "in", Took(it.took)))
	}
	return strings.Join(words, " · ")
}
