package rpc

import (
	"context"

	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
)

type (
	accountParams struct {
		Account string `json:"account,omitempty"`
	}
	connectParams struct {
		JID      string         `json:"jid"`
		Password string         `json:"password,omitempty"`
		Address  string         `json:"address,omitempty"`
		Security model.Security `json:"security,omitempty"`
		CAFile   string         `json:"ca_file,omitempty"`
		Resource string         `json:"resource,omitempty"`
		Remember bool           `json:"remember,omitempty"`
	}
	registerParams struct {
		JID      string         `json:"jid"`
		Password string         `json:"password"`
		Address  string         `json:"address,omitempty"`
		Security model.Security `json:"security,omitempty"`
		CAFile   string         `json:"ca_file,omitempty"`
	}
	trustParams struct {
		Account     string `json:"account,omitempty"`
		Fingerprint string `json:"fingerprint_sha256"`
		Remember    bool   `json:"remember,omitempty"`
	}
	privacyParams struct {
		Account  string `json:"account,omitempty"`
		Receipts *bool  `json:"receipts,omitempty"`
		Markers  *bool  `json:"markers,omitempty"`
		Typing   *bool  `json:"typing,omitempty"`
	}
	privacyResult struct {
		Receipts bool `json:"receipts"`
		Markers  bool `json:"markers"`
		Typing   bool `json:"typing"`
	}
	accountRow struct {
		Account jid.JID         `json:"account"`
		State   model.ConnState `json:"state"`
		Enabled bool            `json:"enabled"`
	}
	listResult struct {
		Accounts []accountRow `json:"accounts"`
	}
	statusResult struct {
		State   model.ConnState `json:"state"`
		JID     jid.JID         `json:"jid"`
		Cause   model.ErrorKind `json:"cause,omitempty"`
		RetryAt *stamp          `json:"retry_at,omitempty"`
	}
	presenceParams struct {
		Account string     `json:"account,omitempty"`
		Show    model.Show `json:"show"`
		Status  string     `json:"status,omitempty"`
	}
	sendParams struct {
		Account string `json:"account,omitempty"`
		To      string `json:"to"`
		Body    string `json:"body"`
		Key     string `json:"key,omitempty"`
	}
	sendResult struct {
		ID model.MessageID `json:"id"`
	}
	nudgeParams struct {
		Account string `json:"account,omitempty"`
		To      string `json:"to"`
	}
	messageParams struct {
		Account string          `json:"account,omitempty"`
		Chat    string          `json:"chat"`
		ID      model.MessageID `json:"id"`
	}
	pageParams struct {
		Account string          `json:"account,omitempty"`
		Chat    string          `json:"chat"`
		Before  model.MessageID `json:"before,omitempty"`
		Limit   int             `json:"limit,omitempty"`
	}
	pageResult struct {
		Messages []message `json:"messages"`
		Complete bool      `json:"complete"`
	}
	searchParams struct {
		Account string `json:"account,omitempty"`
		Query   string `json:"query"`
		Chat    string `json:"chat,omitempty"`
		Limit   int    `json:"limit,omitempty"`
	}
	searchResult struct {
		Messages []message `json:"messages"`
	}
)

// Pages of the history.
const (
	defaultPage = 50
	maxPage     = 500
)

// account finds the account a request is about: the one it names, or the only one.
func (s *server) account(ctx context.Context, name string) (jid.JID, error) {
	if name != "" {
		j, err := address(name)
		return j.Bare(), err
	}
	all, err := s.svc.Accounts(ctx)
	if err != nil {
		return jid.JID{}, err
	}
	if len(all) != 1 {
		return jid.JID{}, model.Errorf(model.ErrWhichAccount, "There are %d accounts; name one as \"account\".", len(all))
	}
	return all[0].Account.JID, nil
}

func address(s string) (jid.JID, error) {
	j, err := jid.Parse(s)
	if err != nil {
		return jid.JID{}, model.Errorf(model.ErrInvalidJID, "%s is not an address: %w", quoted(s), err)
	}
	return j, nil
}

// both resolves the account and an address.
func (s *server) both(ctx context.Context, account, other string) (acc, j jid.JID, err error) {
	if acc, err = s.account(ctx, account); err != nil {
		return acc, j, err
	}
	j, err = address(other)
	return acc, j, err
}

func (s *server) chat(ctx context.Context, account, peer string) (model.ChatID, error) {
	acc, j, err := s.both(ctx, account, peer)
	return model.ChatID{Account: acc, Peer: j}, err
}

func (s *server) connect(ctx context.Context, p connectParams) (login, error) {
	j, err := address(p.JID)
	if err != nil {
		return login{}, err
	}
	if p.Resource != "" {
		if j, err = j.WithResource(p.Resource); err != nil {
			return login{}, model.Errorf(model.ErrInvalidJID, "%s is not a resource: %w", quoted(p.Resource), err)
		}
	}
	r := model.ConnectRequest{
		JID: j, Password: model.NewSecret(p.Password), Address: p.Address,
		Security: p.Security, CAFile: p.CAFile, Remember: p.Remember,
	}
	if r.Password.IsZero() {
		r.Password = s.opt.Password
	}
	l, err := s.svc.Connect(ctx, r)
	return loginOf(l), err
}

func (s *server) register(ctx context.Context, p registerParams) (empty, error) {
	j, err := address(p.JID)
	if err != nil {
		return empty{}, err
	}
	r := model.ConnectRequest{
		JID: j, Password: model.NewSecret(p.Password), Address: p.Address, Security: p.Security, CAFile: p.CAFile,
	}
	if err := s.svc.Register(ctx, r); err != nil {
		return empty{}, err
	}
	_, err = s.svc.Connect(ctx, r)
	return empty{}, err
}

func (s *server) list(ctx context.Context, _ empty) (listResult, error) {
	all, err := s.svc.Accounts(ctx)
	out := listResult{Accounts: make([]accountRow, 0, len(all))}
	for _, a := range all {
		out.Accounts = append(out.Accounts, accountRow{a.Account.JID, a.Connection.State, a.Account.Enabled})
	}
	return out, err
}

func (s *server) disconnect(ctx context.Context, p accountParams) (empty, error) {
	acc, err := s.account(ctx, p.Account)
	if err != nil {
		return empty{}, err
	}
	return empty{}, s.svc.Disconnect(ctx, acc)
}

func (s *server) remove(ctx context.Context, p accountParams) (empty, error) {
	acc, err := s.account(ctx, p.Account)
	if err != nil {
		return empty{}, err
	}
	return empty{}, s.svc.RemoveAccount(ctx, acc)
}

func (s *server) trust(ctx context.Context, p trustParams) (empty, error) {
	acc, err := s.account(ctx, p.Account)
	if err != nil {
		return empty{}, err
	}
	return empty{}, s.svc.TrustCertificate(ctx, acc, p.Fingerprint, p.Remember)
}

func (s *server) status(ctx context.Context, p accountParams) (statusResult, error) {
	acc, err := s.account(ctx, p.Account)
	if err != nil {
		return statusResult{}, err
	}
	a, err := s.svc.AccountStatus(ctx, acc)
	if err != nil {
		return statusResult{}, err
	}
	r := statusResult{
		State: a.Connection.State, JID: acc,
		Cause: publicKind(a.Connection.Cause), RetryAt: stampOf(a.Connection.RetryAt),
	}
	if a.Connection.State == model.Online {
		r.JID = a.Login.JID
	}
	return r, nil
}

func (s *server) presenceSet(ctx context.Context, p presenceParams) (empty, error) {
	acc, err := s.account(ctx, p.Account)
	if err != nil {
		return empty{}, err
	}
	switch p.Show {
	case model.ShowAvailable, model.ShowChat, model.ShowAway, model.ShowXA, model.ShowDND:
		return empty{}, s.svc.SetPresence(ctx, acc, p.Show, p.Status)
	case "invisible":
		return empty{}, model.Errorf(model.ErrUnsupported, "Being invisible is not supported yet.")
	case model.ShowUnavailable:
	}
	return empty{}, &paramsError{"show is one of available, chat, away, xa, dnd, invisible."}
}

func (s *server) messageSend(ctx context.Context, p sendParams) (sendResult, error) {
	chat, err := s.chat(ctx, p.Account, p.To)
	if err != nil {
		return sendResult{}, err
	}
	id, err := s.svc.SendMessage(ctx, chat, p.Body, p.Key)
	return sendResult{id}, err
}

func (s *server) messageNudge(ctx context.Context, p nudgeParams) (sendResult, error) {
	chat, err := s.chat(ctx, p.Account, p.To)
	if err != nil {
		return sendResult{}, err
	}
	id, err := s.svc.Nudge(ctx, chat)
	return sendResult{id}, err
}

func (s *server) messageRetry(ctx context.Context, p messageParams) (empty, error) {
	chat, err := s.chat(ctx, p.Account, p.Chat)
	if err != nil {
		return empty{}, err
	}
	return empty{}, s.svc.RetryMessage(ctx, chat, p.ID)
}

func (s *server) markDisplayed(ctx context.Context, p messageParams) (empty, error) {
	chat, err := s.chat(ctx, p.Account, p.Chat)
	if err != nil {
		return empty{}, err
	}
	return empty{}, s.svc.MarkDisplayed(ctx, chat, p.ID)
}

func pageSize(n int) (int, error) {
	switch {
	case n == 0:
		return defaultPage, nil
	case n < 0 || n > maxPage:
		return 0, &paramsError{"limit is from 1 to 500."}
	}
	return n, nil
}

func (s *server) historyPage(ctx context.Context, p pageParams) (pageResult, error) {
	n, err := pageSize(p.Limit)
	if err != nil {
		return pageResult{}, err
	}
	chat, err := s.chat(ctx, p.Account, p.Chat)
	if err != nil {
		return pageResult{}, err
	}
	page, complete, err := wholePage(n, p.Before, func(before model.MessageID, n int) ([]model.Message, bool, error) {
		return s.svc.History(ctx, chat, before, n)
	})
	if err != nil {
		return pageResult{}, err
	}
	return pageResult{Messages: messagesOf(page), Complete: complete}, nil
}

// privacy changes what it is given and answers with what holds.
func (s *server) privacy(ctx context.Context, p privacyParams) (privacyResult, error) {
	acc, err := s.account(ctx, p.Account)
	if err != nil {
		return privacyResult{}, err
	}
	a, err := s.svc.AccountStatus(ctx, acc)
	if err != nil {
		return privacyResult{}, err
	}
	now := a.Account.Privacy
	set := func(not *bool, yes *bool) {
		if yes != nil {
			*not = !*yes
		}
	}
	set(&now.NoReceipts, p.Receipts)
	set(&now.NoMarkers, p.Markers)
	set(&now.NoTyping, p.Typing)
	if now != a.Account.Privacy {
		if err := s.svc.SetPrivacy(ctx, acc, now); err != nil {
			return privacyResult{}, err
		}
	}
	return privacyResult{!now.NoReceipts, !now.NoMarkers, !now.NoTyping}, nil
}

func (s *server) historySearch(ctx context.Context, p searchParams) (searchResult, error) {
	n, err := pageSize(p.Limit)
	if err != nil {
		return searchResult{}, err
	}
	acc, err := s.account(ctx, p.Account)
	if err != nil {
		return searchResult{}, err
	}
	chat := model.ChatID{Account: acc}
	if p.Chat != "" {
		if chat.Peer, err = address(p.Chat); err != nil {
			return searchResult{}, err
		}
	}
	found, err := s.svc.Search(ctx, chat, p.Query, n)
	return searchResult{messagesOf(found)}, err
}
