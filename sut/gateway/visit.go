package gateway

import (
	"hash/maphash"
	"net/http"
	"strings"
	"time"

	"github.com/peakday/peakday/sut/admission"
)

// A visit is one request before the guard. Visits are used again, so that a
// decision allocates nothing.
type visit struct {
	admission.Entry
	verdict chan admission.Decision // holds one, so that Answer never blocks
	core    *core                   // whose place it has, or in a dry run waits for; nil if none
	shadow  shadow                  // in a dry run, of one that would have waited; nil if none
	counted bool                    // among its client's
	subject uint64                  // who it is from
	address uint64                  // where that is; 0 if nobody asks
	tenant  uint64                  // through whom it comes
	nobody  bool                    // brings nothing that could make its answer personal; known if its route may be stale
	meter   *meter                  // that refuses it; nil if none does
	breaker *admission.Breaker      // that let it through; nil if none did
	right   admission.Pass          // from it
	step    *step                   // of the brownout
	lost    bool                    // a brain broke over it
	ends    bool                    // its context ends at its deadline
	held    held                    // the pass that it brought
	begun   bool                    // that says that it goes on with what was begun
	kept    *kept                   // that answers it; nil if none does
	spent   admission.Spent
	op      *operation
	again   bool // it says that it is a retry
	arrived time.Time
	lot     uint32 // chance: it orders those of a cohort, and picks samples
}

func newVisit() any {
	v := &visit{verdict: make(chan admission.Decision, 1)}
	v.Answer = func(d admission.Decision) { v.verdict <- d }
	return v
}

// begin forgets the request before.
func (v *visit) begin(now time.Time, lot uint32) {
	*v = visit{Entry: admission.Entry{Answer: v.Answer}, verdict: v.verdict, arrived: now, lot: lot}
}

// classify finds out what the request is and who it is from. Where that fails,
// for it may run code that is not ours, the request is of the lowest class.
func (g *Guard) classify(p *plan, r *http.Request, v *visit) {
	defer g.unread(p, r, v)
	o := &p.routes[p.matcher.match(r.Method, r.URL)]
	v.op = o
	v.Class, v.Route, v.Seats = o.class, o.number, o.seats
	v.Deadline, v.again = v.arrived.Add(patience(r, o.deadline)), isRetry(r)
	who := p.identity.subject(r)
	if who == "" || p.byAddress {
		v.address = g.address(p, r)
	}
	v.subject = v.address
	if who != "" {
		v.subject = maphash.String(g.seed, who)
	}
	v.nobody = o.stale > 0 && who == "" && p.anonymous(r)
	v.Client = v.subject
	v.tenant = v.subject
	if p.identity.Tenant.kind == "address" {
		v.tenant = v.address
	} else if who := p.identity.Tenant.of(r); who != "" {
		v.tenant = maphash.String(g.seed, who)
	}
	v.Tenant = uint32(v.tenant)
	if p.pass.Cookie != "" {
		v.held = g.passes.read(Source{"cookie", p.pass.Cookie}.of(r), v.subject, v.arrived)
		v.begun = v.held.left > 0 && v.held.class >= v.Class
	}
	v.Level = admission.LevelOf(v.Class, v.begun, admission.Cohort(v.subject, v.arrived), v.lot)
}

// unread makes a request whose reading panicked one of the lowest class, from
// nobody in particular at its address.
func (g *Guard) unread(p *plan, r *http.Request, v *visit) {
	if fault := recover(); fault != nil {
		v.Class, v.op, v.Deadline = admission.P3, &p.routes[0], v.arrived.Add(p.routes[0].deadline)
		v.address = g.address(p, r)
		v.subject, v.tenant, v.Client, v.Tenant = v.address, v.address, v.address, uint32(v.address)
		v.Level = admission.LevelOf(v.Class, false, 0, v.lot)
		g.metrics.broken[brokeClassify].Add(1)
		g.log.Error("what a request is could not be found out", "fault", fault)
	}
}

// address is a number for the client's address.
func (g *Guard) address(p *plan, r *http.Request) uint64 {
	if len(p.forwarding.Trusted) == 0 { // what follows would come to the same, and takes longer
		host := r.RemoteAddr[:max(0, strings.LastIndexByte(r.RemoteAddr, ':'))]
		if !strings.HasPrefix(host, "[") { // of IPv6 all addresses of a household count as one
			return maphash.String(g.seed, host)
		}
	}
	return maphash.Comparable(g.seed, household(p.forwarding.Client(r)))
}
