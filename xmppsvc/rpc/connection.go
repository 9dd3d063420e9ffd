package rpc

import (
	"context"
	"time"

	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/trace"
)

type (
	traceParams struct {
		Account string `json:"account,omitempty"`
		Since   uint64 `json:"since,omitempty"`
	}
	traceResult struct {
		Connections []connection `json:"connections"`
		Steps       []step       `json:"steps"`
		Next        uint64       `json:"next"`
		Counters    counters     `json:"counters"`
	}
	connection struct {
		Number     int             `json:"number"`
		Begun      *stamp          `json:"begun"`
		Up         *stamp          `json:"up,omitempty"`
		Ended      *stamp          `json:"ended,omitempty"`
		Cause      model.ErrorKind `json:"cause,omitempty"`
		RetryAt    *stamp          `json:"retry_at,omitempty"`
		Login      *login          `json:"login,omitempty"`
		Verdict    trace.Verdict   `json:"verdict,omitempty"`
		Certs      []certificate   `json:"certificates"`
		BytesIn    uint64          `json:"bytes_in"`
		BytesOut   uint64          `json:"bytes_out"`
		Resumable  int             `json:"resumable_s,omitempty"`
		Confirming bool            `json:"stream_management"`
	}
	certificate struct {
		Subject   string   `json:"subject"`
		Issuer    string   `json:"issuer"`
		Names     []string `json:"names"`
		NotBefore *stamp   `json:"not_before"`
		NotAfter  *stamp   `json:"not_after"`
		SPKI      string   `json:"fingerprint_sha256"`
		Key       string   `json:"key"`
	}
	step struct {
		Seq        uint64  `json:"seq"`
		Connection int     `json:"connection,omitempty"`
		Time       *stamp  `json:"time"`
		Name       string  `json:"name"`
		Detail     string  `json:"detail"`
		TookMS     float64 `json:"took_ms"`
	}
	counters struct {
		BytesIn    uint64 `json:"bytes_in"`
		BytesOut   uint64 `json:"bytes_out"`
		StanzasIn  uint64 `json:"stanzas_in"`
		StanzasOut uint64 `json:"stanzas_out"`
	}
	trafficResult struct {
		Account  jid.JID  `json:"account"`
		Session  counters `json:"session"`
		Month    counters `json:"month"`
		Minute   counters `json:"last_minute"`
		Quiet    int      `json:"idle_minutes"`
		IdleHour *uint64  `json:"idle_bytes_per_hour,omitempty"`
	}
)

// connectionTrace gives the connections, and the steps that are new since the last call;
// texts of stanzas are the window's alone.
func (s *server) connectionTrace(ctx context.Context, p traceParams) (traceResult, error) {
	_, tr, err := s.trace(ctx, p.Account)
	if err != nil {
		return traceResult{}, err
	}
	r := traceResult{Connections: []connection{}, Steps: []step{}, Counters: counters(tr.Counters())}
	for _, c := range tr.Connections() {
		r.Connections = append(r.Connections, tracedOf(c))
	}
	entries, next := tr.Since(p.Since)
	r.Next = next
	for _, e := range entries {
		if e.Kind == trace.KindStep {
			r.Steps = append(r.Steps, step{
				Seq: e.Seq, Connection: e.Conn, Time: stampOf(e.Time), Name: e.Name, Detail: e.Detail,
				TookMS: float64(e.Took.Round(10*time.Microsecond)) / float64(time.Millisecond),
			})
		}
	}
	return r, nil
}

// trace is the account's trace; the error says when there is no such account.
func (s *server) trace(ctx context.Context, account string) (jid.JID, *trace.Trace, error) {
	acc, err := s.account(ctx, account)
	if err != nil {
		return acc, nil, err
	}
	if _, err := s.svc.AccountStatus(ctx, acc); err != nil {
		return acc, nil, err
	}
	return acc, s.svc.Trace(acc), nil
}

func tracedOf(c trace.Connection) connection {
	w := connection{
		Number: c.Number, Begun: stampOf(c.Begun), Up: stampOf(c.Up), Ended: stampOf(c.Ended), Cause: publicKind(c.Cause),
		RetryAt: stampOf(c.RetryAt), Verdict: c.Verdict, Certs: []certificate{}, BytesIn: c.BytesIn, BytesOut: c.BytesOut,
		Resumable: int(c.Keeps / time.Second), Confirming: c.Managed,
	}
	if !c.Up.IsZero() {
		l := loginOf(c.Login)
		w.Login = &l
	}
	for _, f := range c.Chain {
		names := f.Names
		if names == nil {
			names = []string{}
		}
		w.Certs = append(w.Certs, certificate{f.Subject, f.Issuer, names, stampOf(f.NotBefore), stampOf(f.NotAfter), f.SPKI, f.Key})
	}
	return w
}

func (s *server) connectionTraffic(ctx context.Context, p accountParams) (trafficResult, error) {
	acc, _, err := s.trace(ctx, p.Account)
	if err != nil {
		return trafficResult{}, err
	}
	t, err := s.svc.Traffic(acc)
	if err != nil {
		return trafficResult{}, err
	}
	var minute trace.Counters
	for _, c := range t.Seconds {
		minute = minute.Add(c)
	}
	r := trafficResult{
		Account: acc, Session: counters(t.Session), Month: counters(t.Month), Minute: counters(minute), Quiet: t.Quiet,
	}
	if t.Quiet > 0 {
		n := t.IdleHour()
		r.IdleHour = &n
	}
	return r, nil
}
