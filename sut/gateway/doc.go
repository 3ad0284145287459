// Package gateway puts sut/admission to work before a real service: as
// middleware in its process, or as a reverse proxy in a process of its own.
//
//	gw, err := gateway.Start(ctx, gateway.Config{Upstream: u, Deadline: 3 * time.Second})
//	fmt.Println(gw.URL(), gw.AdminURL())
//	defer gw.Close(ctx)
//
// The configuration holds nothing about what the service can do; the law finds
// that out from its answers.
//
// # What a client sees
//
// A request that is let in is passed on, and its answer carries
//
//	Guard-Decision: admitted
//
// One that is not is answered at once, on a connection that stays open, with
// status 503, a problem of RFC 9457 as body, and
//
//	Retry-After: 17
//	Guard-Decision: shed;reason=queue_full;class=P2
//
// Retry-After grows with the backlog and differs from client to client. A client
// that needs its answer sooner than the guard's deadline says so:
//
//	X-Request-Timeout-Ms: 800
//
// The guard judges the wait by it: who would wait longer is refused. What has
// begun it does not cut off. The service gets what is left of the deadline in the
// same header, and in this process as that of the context.
//
// From seven days before an announced maintenance a guard in earnest says in its
// answers where to read of it: in all but those to probes, and those that it gives
// before the stages below, which are refusals before parsing, for the size or form
// of a request, and for too many connections. In it, Retry-After is a date:
//
//	Link: </.peakday/maintenance.json>; rel="status"
//
// A client that tries again says so, and is counted for it, never preferred:
//
//	Guard-Attempt: 2
//
// A service that cannot be reached is a 502, one that does not answer within a
// minute a 504, both without Retry-After: broken is not the same as shed.
// As middleware it lets four probes at a time, GET /livez, /readyz and /metrics,
// pass whatever the load; the proxy has its own on the admin listener, and to it
// those paths of the service are like any other.
//
// # What happens to a request
//
// The stages, the cheapest refusal first. Each that refuses has a reason of its
// own in Guard-Decision, in the problem and in peakday_guard_decisions_total:
//
//	classify      route (matcher.go), who it is from (identity.go), deadline
//	maintenance   announced times (calendar.go), 503
//	window        whose hours are when, 503
//	brownout      an answer of before, where a route allows it (shelf.go, brownout.go)
//	level         one comparison with a published threshold, 503: nearly all of a storm
//	quota         what one may ask for in a time (quota.go, tab.go), 429
//	client_limit  what one address may have here at a time (clients.go), 429
//	breaker       a service that fails (breaker.go), 503
//	limit, queue_full, deadline, outranked
//	              the limit and its short queue, under the lock (core.go), 503
//
// Who would get a 503 or a 429 gets an answer of before instead, where the route
// allows that and one is there. What a client says of its own priority is not
// read. Who says its region or its person is believed: put the guard behind
// something that writes those headers, or give Identity a function.
//
// A refusal by a quota has the fields RateLimit-Policy and RateLimit, and those
// with the client's fault or ours the problem types, of
// draft-ietf-httpapi-ratelimit-headers-10.
//
// If the guard itself breaks, by a panic, a new brain takes over, and what the
// one request becomes its class says (fail). A request whose class cannot be
// found out is P3.
//
// # Configuration
//
// ReadConfig reads YAML; an unknown key is an error. `peakday guard check FILE`
// prints it with what is left out filled in (with -o json times are numbers of
// seconds), and looks at the files of tls. SIGHUP or POST /admin/reload reads the
// file again: all of it or, if it has a fault, none. upstream, addr, admin,
// listener, tls and proxy cannot change that way: another is a fault, and a guard
// that is middleware does not look at them.
//
// A law that is not told a seed begins with a guess, and takes some seconds of
// load to find a small service's limit. Whoever has measured writes it down:
// `peakday guard sweep --target URL` tells the best fixed limit.
//
//	# A guard before a social-insurance service. Every key may be left out, but path and class of a route,
//	# name and limit of a quota, and the times of maintenance and hours.
//	mode: dry_run                 # enforce (as a rule), dry_run (serves all, records what it would have done), off
//	upstream: http://127.0.0.1:8080
//	addr: 127.0.0.1:8000          # where people come in
//	admin: 127.0.0.1:9000         # probes, /metrics, /debug/guard, /admin/reload
//	deadline: 3s                  # from arrival to answer; what cannot make it is refused at once
//	limiter:                      # how many requests the service should hold
//	  law: vegas                  # with law: fixed, and only with it, fixed: 24 is the limit
//	  seed: 32                    # the first limit: measured capacity × latency, which peakday guard sweep tells
//	  least: 4
//	  most: 512
//	  slo: 2s                     # mean latency at which the limit falls whatever else is measured
//	classes:
//	  P0: {reserve: 0.25, deadline: 5s, fail: open}   # a share of the limit kept for it; when the guard breaks, it passes
//	  P3: {deadline: 1s, fail: closed}
//	routes:                       # what no route names is P2
//	  - {method: POST, path: /v1/payouts, op: payout, class: P0}
//	  - {method: POST, path: "/v1/claims/{id}/settle", op: claims.settle, class: P1, seats: 2, deadline: 4s, body_bytes: 65536}
//	  - {method: GET, path: /v1/policies/, op: policies, class: P3, stale: 10m}
//	per_client: 20                # requests that one address may have here at a time
//	quotas:                       # what one may ask for in a time; more gets 429
//	  - {name: person, by: subject, limit: 30/1m, burst: 10, classes: [P2, P3], ops: [policies], keys: 100000}
//	  - {name: address, by: address, limit: 600/1m}
//	brownout:                     # what is left out when too many come, so that more people can have the rest
//	  - {refused: 0.1, wait: 300ms, off: [history]}      # features: the service asks gateway.Feature, or behind the proxy reads Guard-Features-Off
//	  - {refused: 0.5, stale: true, off: [recommendations]}   # and answers of before, where a route allows it
//	breaker: {share: 0.5, least: 20, window: 10s, pause: 1s}  # spares a service that answers 502, 503 or 504
//	maintenance:                  # announced at least 7 days ahead
//	  - {announced: 2026-11-20T00:00:00+08:00, from: 2026-12-01T22:00:00+08:00, to: 2026-12-02T06:00:00+08:00}
//	access:                       # whose hours are when; without hours, all are everybody's
//	  zone: Asia/Shanghai
//	  region: header:X-Region     # what stands here is believed, so something before the guard must have written it
//	  digit: header:X-Person
//	  classes: [P2, P3]
//	  hours:
//	    - {regions: ["31", "32"], digits: "13579", days: [mon, wed, fri], from: "08:00", to: "20:00"}
//	    - {from: "20:00", to: "08:00"}                   # the night channel
//	identity:                     # who a request is from; address (of the client, as a rule), host, header:NAME or cookie:NAME
//	  subject: header:Authorization   # a person, for quotas and for whose turn it is to be shed. Unverified: who writes another is another, so a quota by address stands beside
//	  tenant: host                # who several persons come through, for fairness between them; unverified, too
//	  pass: {cookie: guard, for: 5m}  # within a class, who was let in lately is shed after who was not
//	forwarding:
//	  trusted_hops: [10.0.0.0/8, "fd00::/8"]          # balancers before the guard, whose X-Forwarded-For is believed
//	listener:                     # what clients may take before anything is known of their requests
//	  connections: 20000          # open at a time
//	  per_address: 256            # of those from one address; trusted hops are exempt
//	  upgrades: 1000              # of those that were upgraded, such as WebSockets, and streams of events
//	  header: 10s                 # for the head of a request to come in
//	  header_bytes: 65536
//	  body_bytes: 10485760        # more gets 413; as a rule no limit
//	  idle: 2m
//	  grace: 5s                   # before a client has to send and to take floor_rate bytes a second
//	  floor_rate: 240
//	  drain: 5s                   # from /readyz turning to 503 until no connection is taken any more
//	  no_fast_path: false         # true: net/http reads every request, also those that a threshold refuses
//	# tls: {certificate: /etc/guard/chain.pem, key: /etc/guard/key.pem}   # guard check reads these files, too
//	proxy:
//	  keep_host: true             # the service sees the Host that the client asked for
//	  dial: 2s
//	  answer: 1m                  # for the head of the service's answer
//
// Clocks and other text with a colon need quotes. A quota counts a request
// whatever becomes of it after that stage.
//
// A dry run lets each request go to the service at once, and says what would have
// become of it. Limit, queue, quotas and breaker go on as in earnest: who would
// have waited has a shadow that does, and holds a place afterwards (shadow.go);
// who would have been refused holds none. Of the first it says queued, and counts
// what came of it once that is known.
//
// What it cannot know is a service without the load that it would have taken off
// it: that is slower than it would have been, so above capacity a law that learns
// refuses more here than in earnest. It tells truly when refusing would begin. Nor
// does it know who would have come again or hung up while waiting. It gives no
// answers of before and no passes, and so counts nobody among those who have them.
//
// # What an operator sees
//
// On a listener of its own: /livez, /readyz (not ready while draining, and never
// because of load), /metrics (peakday_guard_*) and /debug/guard, the
// state as JSON, counts in requests and times in seconds:
//
//	{"mode": "enforce", "generation": 1, "law": "elastic", "limit": 24, "in_flight": 20, "queued": {"P0": 0, "P1": 0, "P2": 3, "P3": 0}, "queue_bound": 10,
//	 "baseline": 0.8, "latency": 0.83, "elasticity": 0, "service": 0.81, "rate_at_limit": 29.6,
//	 "level_threshold": 0.4, "reject_ratio": 0.9, "maintenance": []}
//
// baseline is the latency that the law takes for pure service, latency the mean
// of its last window, service the smoothed latency of the backend and
// rate_at_limit the completions a second when the limit is full. level_threshold
// is the share of all levels that pass, reject_ratio the share of the arrivals
// that do not.
//
// One decision of 1,024 is kept, the last 512 of them, and has a name: ;id=2f in
// Guard-Decision. /debug/guard/decisions?id=2f says what was known when it was
// made. In a dry run queued has no name: what is kept is what came of it, later.
// /debug/guard/dashboard is a dashboard of Grafana over the metrics. The log has
// one line a second while requests are refused, and none for each.
//
// # The proxy
//
// What a request passes, from the outside in, and the file of each:
//
//	net.Conn      listener.go   limits of connections; clients that do not take their answers
//	net.Conn      fastpath.go   refusals before net/http has read the request (head.go)
//	http.Request  gateway.go    drain; body.go: size and speed of the body; stream.go: that of an answer in HTTP/2
//	http.Request  upgrade.go    limit of upgraded connections
//	http.Request  guard.go      the decision
//	http.Request  proxy.go      to the service; forwarded.go: who it came from
//
// Bodies stream both ways, with trailers; events and upgraded connections pass,
// and hold no place (upgrade.go says why). Of X-Forwarded-For only what trusted
// hops wrote is believed and passed on. A request that has reached the service is
// not sent again, unless it may be by its method and met a connection that the
// service had just closed. Close drains: /readyz says so first.
//
// What a refusal costs the guard's process in processor time, system calls and
// all, on 64 kept-alive connections; it is 463 bytes long. A bare socket only
// reads, and writes as many bytes:
//
//	                      bare socket   before parsing   read by net/http
//	as fast as answered          4 µs             7 µs              17 µs
//	15,000 a second              6 µs            11 µs              24 µs
//	4,000 a second              14 µs            23 µs              43 µs   (woken for nearly each one)
//
// Below capacity, at 1,000 a second, the guard adds 36 µs to the median of a bare
// httputil.ReverseProxy, and takes 1.17 to 1.24 times its processor time. (2 cores
// shared with other work, Go 1.26, November 2026: go test -run - -bench
// 'InAProcessOfItsOwn|AtAThousandASecond'.)
//
// # Why a lock, and a threshold before it
//
// The guard of sut/admission is serial, and a mutex around it is held for some
// tens of nanoseconds. What a storm needs refused at once needs no lock: it is
// compared with a threshold that the guard publishes ten times a second. All
// stages together take, without an allocation, 250 ns of processor time for a
// request that the threshold refuses and 410 ns for one that is let in and gives
// its place back, of which each reading of the clock is 40 (2 cores of an Intel
// Xeon virtual machine, Go 1.26, November 2026: go test -bench Decide).
//
// There is no goroutine that ticks. Whoever comes first after a tenth of a second
// does it: in a storm, a goroutine would wait among thousands.
//
// # What it leaves out
//
//   - HTTP/2 without TLS, and HTTP/2 to the service.
//   - With a length and chunks in one request, net/http lets the chunks count and
//     goes on with the connection, where RFC 9112 wants it closed. What is passed
//     on has one meaning; a balancer before the guard that lets the length count
//     would be at fault, and at risk.
//   - Refusals before parsing under TLS: net/http wants to see that connection
//     itself. A balancer that ends TLS before the guard gets them.
//   - A client that leaves gives its place back at once, and the proxy hangs up on
//     the service. One that works on regardless has then more to do than the guard
//     knows of; it shows in the latencies of the next requests.
//   - net/http notices that a client has left only once its body is read. One that
//     leaves while waiting with a body unread keeps its turn, at most to its deadline.
//   - A client that sends its body slowly keeps its place while it does.
package gateway
