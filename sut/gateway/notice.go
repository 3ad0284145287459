package gateway

import (
	"net/http"
	"slices"
	"time"

	"github.com/peakday/peakday/sut/admission"
)

// NoticePath is where people and programs read when the service will be shut. It
// is answered by the guard, and never refused.
const NoticePath = "/.peakday/maintenance.json"

// The relation is that of RFC 8631, section 4: what tells of the service's state.
var noticeLink = []string{"<" + NoticePath + `>; rel="status"`}

// notice puts the way to NoticePath into an answer, from seven days before a
// maintenance to its end, and answers who goes there. It reports whether it has.
// A dry run announces nothing: it shuts nothing.
func (p *plan) notice(w http.ResponseWriter, r *http.Request) bool {
	if len(p.config.Maintenance) == 0 || p.mode != Enforce {
		return false
	}
	now := time.Now()
	if slices.ContainsFunc(p.config.Maintenance, func(m Maintenance) bool { return now.After(m.From.Add(-admission.Notice)) && now.Before(m.To) }) {
		w.Header()["Link"] = noticeLink
	}
	if !p.asksNotice(r) {
		return false
	}
	w.Header().Set("Cache-Control", "public, max-age=60")
	writeJSON(w, map[string][]maintenanceJSON{"maintenance": announced(p.config.Maintenance, now)})
	return true
}

// asksNotice is true of a request for NoticePath.
func (p *plan) asksNotice(r *http.Request) bool {
	return r.URL.Path == NoticePath && len(p.config.Maintenance) > 0 && (r.Method == http.MethodGet || r.Method == http.MethodHead)
}

// announced is the maintenance that is not over.
func announced(list []Maintenance, now time.Time) []maintenanceJSON {
	ahead := []maintenanceJSON{}
	for _, m := range list {
		if m.To.After(now) {
			ahead = append(ahead, maintenanceJSON(m))
		}
	}
	return ahead
}

type maintenanceJSON struct {
	Announced time.Time `json:"announced"`
	From      time.Time `json:"from"`
	To        time.Time `json:"to"`
}
