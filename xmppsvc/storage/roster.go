package storage

import (
	"context"
	"encoding/json"

	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
)

// ReplaceRoster implements Tx.
func (t *tx) ReplaceRoster(account jid.JID, version string, items []model.RosterItem) error {
	if err := t.put("replace the contact list", `delete from roster where account = ?`, account.String()); err != nil {
		return err
	}
	for _, it := range items {
		if err := t.putItem(account, it); err != nil {
			return err
		}
	}
	return t.putRosterVersion(account, version)
}

// PutRosterItem implements Tx.
func (t *tx) PutRosterItem(account jid.JID, version string, item model.RosterItem) error {
	if err := t.putItem(account, item); err != nil {
		return err
	}
	return t.putRosterVersion(account, version)
}

// RemoveRosterItem implements Tx.
func (t *tx) RemoveRosterItem(account jid.JID, version string, contact jid.JID) error {
	err := t.put("remove the contact", `delete from roster where account = ? and jid = ?`,
		account.String(), contact.Bare().String())
	if err != nil {
		return err
	}
	return t.putRosterVersion(account, version)
}

func (t *tx) putItem(account jid.JID, it model.RosterItem) error {
	groups, err := json.Marshal(it.Groups)
	if err != nil {
		return typed("store the contact", err)
	}
	return t.put("store the contact", `
		insert into roster (account, jid, name, groups, subscription, ask, approved) values (?, ?, ?, ?, ?, ?, ?)
		on conflict (account, jid) do update set name = excluded.name, groups = excluded.groups,
			subscription = excluded.subscription, ask = excluded.ask, approved = excluded.approved`,
		account.String(), it.JID.Bare().String(), it.Name, string(groups), string(it.Subscription), it.Ask, it.Approved)
}

func (t *tx) putRosterVersion(account jid.JID, version string) error {
	return t.put("store the contact list's version", `
		insert into roster_version (account, version) values (?, ?)
		on conflict (account) do update set version = excluded.version`, account.String(), version)
}

// PutRequest implements Tx; a newer request of the same contact replaces the older one.
func (t *tx) PutRequest(account jid.JID, r model.SubscriptionRequest) error {
	return t.put("store the contact request", `
		insert into requests (account, jid, message, nick, time) values (?, ?, ?, ?, ?)
		on conflict (account, jid) do update set message = excluded.message, nick = excluded.nick,
			time = excluded.time`,
		account.String(), r.JID.Bare().String(), r.Message, r.Nick, r.Time.UnixMilli())
}

// RemoveRequest implements Tx.
func (t *tx) RemoveRequest(account, contact jid.JID) error {
	return t.put("remove the contact request", `delete from requests where account = ? and jid = ?`,
		account.String(), contact.Bare().String())
}

// Roster is the list as stored last, by address, and its version ("" when there is none).
func (s *Store) Roster(ctx context.Context, account jid.JID) (items []model.RosterItem, version string, err error) {
	err = s.read.each(ctx, func(row scanner) error {
		var it model.RosterItem
		var groups []byte
		if err := row.Scan(address{&it.JID}, &it.Name, &groups, &it.Subscription, &it.Ask, &it.Approved, &version); err != nil {
			return err
		}
		items = append(items, it)
		return json.Unmarshal(groups, &items[len(items)-1].Groups)
	}, `select jid, name, groups, subscription, ask, approved, version
		from roster join roster_version using (account) where account = ? order by jid`, account.String())
	if err == nil && len(items) == 0 {
		_, err = s.read.one(ctx, `select version from roster_version where account = ?`,
			[]any{account.String()}, &version)
	}
	return items, version, typed("read the contact list", err)
}

// Requests are the open contact requests, oldest first.
func (s *Store) Requests(ctx context.Context, account jid.JID) ([]model.SubscriptionRequest, error) {
	var out []model.SubscriptionRequest
	err := s.read.each(ctx, func(row scanner) error {
		var r model.SubscriptionRequest
		err := row.Scan(address{&r.JID}, &r.Message, &r.Nick, instant{&r.Time})
		out = append(out, r)
		return err
	}, `select jid, message, nick, time from requests where account = ? order by time, jid`, account.String())
	return out, typed("read the contact requests", err)
}
