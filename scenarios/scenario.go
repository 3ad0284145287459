package scenarios

import "time"

// A Scenario is one rehearsal as data: what arrives, who sends it, what counts as good and which budgets decide.
type Scenario struct {
	Name        string   // lower case words joined by dashes, also the name of the result folder
	Title       string   // one line for people
	Description string   // what it shows and where it comes from; may be empty
	Seed        uint64   // the seed of every stream of chance in the run
	Service     Service  // how the bundled service is set up; ignored with a target
	Shape       Shape    // the offered load
	Arrivals    Arrivals // how arrivals fall inside the shape; empty means Even
	Instants    string   // Replay: the file of instants, seconds from the start, one a line
	Users       int      // closed model: so many people, each of whom waits for an answer before the next request; 0 means open. The shape's multiples are then of Users
	Think       Think    // closed model: the pause of a user between answer and next request
	Mix         []Weight // shares of operations and journeys; they need not sum to one
	MixName     string   // the library's name of the mix ("R"), empty when written out
	Requests    []Literal
	Journeys    []Journey
	Feeders     []Feeder
	Cookies     bool   // a session sends back the cookies it was given, as a browser does
	Setup       []Step // run once before the first arrival
	Teardown    []Step // and once after the last answer
	Actors      []Actor

	Timeout     time.Duration // the client gives up this long after due; > 0
	GoodWithin  time.Duration // an answer is good up to this long after due; > 0
	Drain       time.Duration // how long the run waits for answers after the last arrival; >= Timeout, so that the slow are counted
	MaxInFlight int           // requests in flight before the overload policy decides; > 0
	Overload    Overload      // what becomes of an arrival beyond it, in phases that do not say
	Abort       []AbortRule   // sending stops as soon as one is broken

	Capacity float64   // declared capacity of the service, answers per second; 0 means not declared
	Variants []Variant // run in this order with the same arrivals
	Judge    Span      // the part of the run that budgets and oracles look at
	Budgets  []Budget  // must hold in the deciding (last) variant
	Oracles  []Budget  // must hold in the first variant, or the instrument is off

	source *source // where Parse found each part, for the faults of Validate; nil when built in code
}

// Arrivals names how due instants fall inside the shape.
type Arrivals string

// The kinds of arrivals.
const (
	Even    Arrivals = "even"    // every second within one arrival of the plan
	Poisson Arrivals = "poisson" // total exact, seconds multinomial
	Replay  Arrivals = "replay"  // the recorded instants of a file; the shape only names the phases
)

// A Service sets up the bundled reference service.
type Service struct {
	Profile string // "modern" or "legacy-2018"; empty means modern
	Workers int    // overrides the profile's pool; 0 keeps it
	People  uint64 // size of the synthetic population; 0 means 100,000
}

// A Weight is one operation's share of the mix.
type Weight struct {
	Op    string
	Share float64 // > 0, relative to the other shares
}

// A Literal is a request written out in the scenario, so that a user's own service can be driven.
type Literal struct {
	Op      string // the name it has in mix, budgets and reports
	Class   string // P0 (must not fail) to P3 (first to be shed); empty means P2
	Method  string // empty means GET
	Path    string // path and query, beginning with "/", or a raw piece that holds them; path, header values and body are templates, see Piece
	Headers []Header
	Body    string
	Checks  []string  // what must hold of the answer, see Check; without one of the status, only answers that are 2xx are looked at
	Extract []Extract // what later steps of the session take from it
}

// A Header is one header field. In a Literal its value is a template: for ${NAME} whoever sends the request puts in the
// value from the environment, and the scenario keeps the placeholder, so that no secret reaches a result.
type Header struct {
	Name  string
	Value string
}

// An Actor is a kind of sender: how long it waits and how it tries again.
type Actor struct {
	Name     string
	Share    float64       // share of arrivals, > 0, relative to the other actors
	Patience time.Duration // gives up this long after the first attempt was due, retries included
	Retry    Retry
}

// A Retry says how an actor tries again after a request was shed or failed.
type Retry struct {
	Attempts int           // tries in all, the first included; 0 and 1 mean no retry
	Backoff  Backoff       // empty means Constant
	Delay    time.Duration // the first pause before a retry; a longer Retry-After wins
	Jitter   float64       // each pause is drawn from pause × [1, 1+Jitter], 0 ≤ Jitter ≤ 1
	Budget   float64       // retries of all who are this actor are at most this share of their first attempts, and ten for each lane of the engine; 0 means no limit, else ≤ 1
}

// Backoff names how the pause grows from retry to retry.
type Backoff string

// The kinds of backoff.
const (
	Constant    Backoff = "constant"    // the same pause each time
	Exponential Backoff = "exponential" // doubles with each retry
)

// A Variant is one way to run the same arrivals.
type Variant struct {
	Name  string // "unprotected", "protected", …
	Guard bool   // put the admission layer before the service
	Law   string // its law; empty means the default adaptive one
	Limit int    // the limit of the fixed law; ignored by others
}

// A Span is a part of the run, counted from the first phase of the shape (from zero where there are no phases).
type Span struct {
	From time.Duration
	To   time.Duration // 0 means to the end of the longest hold at the highest rate held, or of the run where there is no hold
}
