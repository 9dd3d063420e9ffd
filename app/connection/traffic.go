package connection

import (
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"dovekie/app/tr"
	"dovekie/widgets"
	"dovekie/widgets/skin"
	"dovekie/xmppsvc/trace"
)

// trafficPage is the traffic meter.
type trafficPage struct {
	figures *widgets.Figures
	chart   *widgets.BarChart
	sums    *widgets.TextTable
	idle    *widgets.Words
	idleWhy *widgets.Words
	months  *widgets.TextTable
	several *fyne.Container // months with its caption
}

// rateOver is how many seconds "now" is the mean of: one alone jumps too much.
const rateOver = 5

// leastQuiet is how many quiet minutes are enough to speak of an hour.
const leastQuiet = 3

func (v *View) makeTraffic() fyne.CanvasObject {
	caption := func(key string) fyne.CanvasObject { return widgets.NewHeading(tr.T(key)) }
	head := []string{"", tr.T("conn.col.in"), tr.T("conn.col.out"), tr.T("conn.col.stanzas_in"), tr.T("conn.col.stanzas_out")}
	v.traffic = trafficPage{
		figures: widgets.NewFigures(), chart: widgets.NewBarChart(), sums: widgets.NewTextTable(head...),
		idle:    widgets.NewWords("", skin.TextBody, skin.Ink, false),
		idleWhy: widgets.NewWords("", skin.TextNote, skin.Secondary, false),
		months:  widgets.NewTextTable(head...),
	}
	t := &v.traffic
	t.several = widgets.NewColumn(0, widgets.NewGap(12), caption("conn.accounts_month"), t.months)
	t.several.Hide()
	column := widgets.NewColumn(8,
		t.figures, widgets.NewGap(4), caption("conn.minute"), t.chart,
		widgets.NewGap(4), caption("conn.sums"), t.sums,
		widgets.NewGap(12), caption("conn.idle"), t.idle, t.idleWhy, t.several)
	return container.NewVScroll(widgets.NewMargin(skin.SearchSide, 16, skin.SearchSide, 24, column))
}

func (v *View) renderTraffic() {
	t, page := v.state.Traffic, &v.traffic
	var now, minute trace.Counters
	up, down := make([]float64, len(t.Seconds)), make([]float64, len(t.Seconds))
	most := uint64(0)
	for i, s := range t.Seconds {
		minute = minute.Add(s)
		if i >= len(t.Seconds)-rateOver {
			now = now.Add(s)
		}
		up[i], down[i] = float64(s.BytesIn), float64(s.BytesOut)
		most = max(most, s.BytesIn, s.BytesOut)
	}
	rate := func(n uint64) string { return tr.T("conn.per_second", "n", Bytes(n)) }
	stanzas := func(n uint64) string { return tr.T("conn.stanzas_minute", "n", strconv.FormatUint(n, 10)) }
	page.figures.SetFigures(
		widgets.Figure{Name: tr.T("conn.now_in"), Value: rate(now.BytesIn / rateOver), Note: stanzas(minute.StanzasIn)},
		widgets.Figure{Name: tr.T("conn.now_out"), Value: rate(now.BytesOut / rateOver), Note: stanzas(minute.StanzasOut)},
	)
	page.chart.SetSpec(widgets.BarChartSpec{
		Up: up, Down: down, UpName: tr.T("conn.col.in"), DownName: tr.T("conn.col.out"), Most: rate(most),
		From: tr.T("conn.minute_ago"), To: tr.T("conn.just_now"),
	})
	page.sums.SetRows([][]string{sumRow(tr.T("conn.session"), t.Session), sumRow(tr.T("conn.month"), t.Month)})
	page.idle.SetText(idleWords(t))
	page.idleWhy.SetText(idleWhy(t))
	v.renderMonths()
}

// idleWords is what doing nothing costs, in an hour and in a month of it.
func idleWords(t trace.Traffic) string {
	if t.Quiet < leastQuiet {
		return tr.T("conn.idle_soon")
	}
	hour := t.IdleHour()
	return tr.T("conn.idle_cost", "hour", Bytes(hour), "month", Bytes(hour*24*30))
}

// idleWhy is how that is known, or what is missing.
func idleWhy(t trace.Traffic) string {
	if t.Quiet < leastQuiet {
		return tr.T("conn.idle_needs", "n", strconv.Itoa(t.Quiet), "all", strconv.Itoa(leastQuiet))
	}
	return tr.T("conn.idle_why", "n", strconv.Itoa(t.Quiet))
}

func sumRow(name string, c trace.Counters) []string {
	return []string{name, Bytes(c.BytesIn), Bytes(c.BytesOut), strconv.FormatUint(c.StanzasIn, 10), strconv.FormatUint(c.StanzasOut, 10)}
}

func (v *View) renderMonths() {
	page := &v.traffic
	var rows [][]string
	if len(v.state.Months) > 1 {
		for _, m := range v.state.Months {
			rows = append(rows, sumRow(m.Account, m.Counters))
		}
	}
	page.months.SetRows(rows)
	if (rows != nil) != page.several.Visible() {
		if rows != nil {
			page.several.Show()
		} else {
			page.several.Hide()
		}
	}
}

func (t *trafficPage) facts(object func(key, text string, at fyne.CanvasObject)) {
	for i, f := range t.figures.Figures() {
		object("conn.figure"+strconv.Itoa(i), f.Value+" · "+f.Note, nil)
	}
	for i, r := range t.sums.Rows() {
		object("conn.sum"+strconv.Itoa(i), strings.Join(r, " · "), nil)
	}
	object("conn.idle", t.idle.Text(), t.idle)
}
