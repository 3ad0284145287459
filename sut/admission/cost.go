package admission

// The weight of a new sample in what is learnt. Where service times scatter like
// an exponential, one of 1/16 still leaves 18 % of chance in the mean: good
// enough to tell a route of 50 ms from one of 2 s, not to tell the capacity.
const (
	routeEase = 1.0 / 16
	allEase   = 1.0 / 64
)

// costs learns how long requests are in the backend, by route. The latency that
// counts is that at the present load, waiting in the backend included: it is
// what a request must still fit into its deadline.
type costs struct {
	route   [Routes]float64 // seconds; 0 before the first
	service float64         // seconds, over all routes; 0 before the first
	work    float64         // seat-seconds, over all routes
	missed  [Routes]bool    // refused for its cost, and none answered since
	ticks   int
}

// costDoubt is how many ticks a route may be refused for its cost before that is
// doubted: ten seconds.
const costDoubt = 100

// of is how long a request of that route is expected to take, in seconds; 0 if
// nothing has been answered yet.
func (c *costs) of(route uint16) float64 {
	if s := c.route[route%Routes]; s > 0 {
		return s
	}
	return c.service
}

// learn takes the seconds and the seats of a request that was answered.
func (c *costs) learn(route uint16, took, seats float64) {
	c.missed[route%Routes] = false
	ease(&c.route[route%Routes], took, routeEase)
	ease(&c.service, took, allEase)
	ease(&c.work, took*seats, allEase)
}

// tick forgets what is known of a route that is refused for it. A backend that
// was slow for a moment would else have shut the route out for as long as there
// is a queue, since nothing is learnt of what is not let in.
func (c *costs) tick() {
	if c.ticks++; c.ticks%costDoubt != 0 {
		return
	}
	for i := range c.route {
		if c.missed[i] {
			c.missed[i], c.route[i] = false, 0
		}
	}
}

// ease moves a mean towards x, the first time all the way. It stays above zero:
// a clock may be too coarse for a fast backend.
func ease(mean *float64, x, weight float64) {
	x = max(x, 1e-9)
	if *mean == 0 {
		*mean = x
	}
	*mean += (x - *mean) * weight
}
