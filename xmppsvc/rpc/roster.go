package rpc

import (
	"context"

	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
)

type (
	rosterResult struct {
		Contacts []contact `json:"contacts"`
	}
	rosterSetParams struct {
		Account string    `json:"account,omitempty"`
		JID     string    `json:"jid"`
		Name    *string   `json:"name,omitempty"`
		Groups  *[]string `json:"groups,omitempty"`
	}
	contactParams struct {
		Account string `json:"account,omitempty"`
		JID     string `json:"jid"`
	}
	subscribeParams struct {
		Account string `json:"account,omitempty"`
		JID     string `json:"jid"`
		Message string `json:"message,omitempty"`
	}
)

func (s *server) rosterList(ctx context.Context, p accountParams) (rosterResult, error) {
	acc, err := s.account(ctx, p.Account)
	if err != nil {
		return rosterResult{}, err
	}
	all, err := s.svc.RosterList(ctx, acc)
	return rosterResult{contactsOf(all)}, err
}

// rosterSet keeps what the request leaves out.
func (s *server) rosterSet(ctx context.Context, p rosterSetParams) (empty, error) {
	acc, j, err := s.bare(ctx, p.Account, p.JID)
	if err != nil {
		return empty{}, err
	}
	item := model.RosterItem{JID: j}
	all, err := s.svc.RosterList(ctx, acc)
	if err != nil {
		return empty{}, err
	}
	for _, c := range all {
		if c.JID == j {
			item = c.RosterItem
		}
	}
	if p.Name != nil {
		item.Name = *p.Name
	}
	if p.Groups != nil {
		item.Groups = *p.Groups
	}
	return empty{}, s.svc.SetContact(ctx, acc, item)
}

// bare is both, for a contact.
func (s *server) bare(ctx context.Context, account, contact string) (acc, j jid.JID, err error) {
	if acc, j, err = s.both(ctx, account, contact); err == nil && !j.IsBare() {
		err = model.Errorf(model.ErrInvalidJID, "A contact is named by its address without a resource.")
	}
	return acc, j, err
}

// onContact runs a verb about one contact.
func (s *server) onContact(ctx context.Context, p contactParams, verb func(context.Context, jid.JID, jid.JID) error) (empty, error) {
	acc, j, err := s.bare(ctx, p.Account, p.JID)
	if err != nil {
		return empty{}, err
	}
	return empty{}, verb(ctx, acc, j)
}

func (s *server) rosterRemove(ctx context.Context, p contactParams) (empty, error) {
	return s.onContact(ctx, p, s.svc.RemoveContact)
}

func (s *server) approve(ctx context.Context, p contactParams) (empty, error) {
	return s.onContact(ctx, p, s.svc.ApproveSubscription)
}

func (s *server) deny(ctx context.Context, p contactParams) (empty, error) {
	return s.onContact(ctx, p, s.svc.DenySubscription)
}

func (s *server) unsubscribe(ctx context.Context, p contactParams) (empty, error) {
	return s.onContact(ctx, p, s.svc.CancelSubscription)
}

func (s *server) subscribe(ctx context.Context, p subscribeParams) (empty, error) {
	acc, j, err := s.bare(ctx, p.Account, p.JID)
	if err != nil {
		return empty{}, err
	}
	return empty{}, s.svc.RequestSubscription(ctx, acc, j, p.Message)
}
