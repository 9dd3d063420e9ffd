package app

import (
	"dovekie/app/state"
	"dovekie/app/tr"
	"dovekie/xmppsvc/event"
)

// noticeWords is the sentence for a notice.
func noticeWords(s *state.State, n event.NoticeRaised) string {
	name := ""
	if !n.JID.IsZero() {
		name = s.Label(n.Account, n.JID)
	}
	return tr.T("notice."+string(n.Kind), "name", name, "host", n.Account.Domain(), "file", n.Detail)
}
