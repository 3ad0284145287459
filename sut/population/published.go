package population

import "math"

// Published figures of China at the end of 2022, which [Population.Card] and [Population.Visits] are drawn to.
const (
	cards       = 0.968        // share of the population with a social security card: 1.368 billion
	electronic  = 715.0 / 1368 // share of those with the electronic card too: 715 million
	visitsADay  = 18.0 / 1360  // medical settlements a day and insured: 18 million of 1.36 billion
	visitSpread = 1.2          // the shape of the negative binomial: our choice
)

// Card tells whether person i has a social security card, and the electronic one.
func (p *Population) Card(i int) (card, electronicCard bool) {
	r := stream(p.seed, cardStream, i, 0)
	card = r.Float64() < cards
	return card, card && r.Float64() < electronic
}

// Visits is the number of medical settlements of person i in 2022: negative binomial with mean 4.83, the mean of a
// Poisson whose own mean is gamma distributed, so that a few people account for many.
func (p *Population) Visits(i int) int {
	r := stream(p.seed, visitStream, i, 0)
	const mean = visitsADay * 365
	// With success chance k/(k+mean), as a mixture: gamma by Marsaglia and Tsang (ACM TOMS 26, 2000), for k ≥ 1.
	const d = visitSpread - 1.0/3
	c := 1 / math.Sqrt(9*d)
	for {
		x := r.NormFloat64()
		v := math.Pow(1+c*x, 3)
		if v > 0 && math.Log(r.Float64()) < x*x/2+d-d*v+d*math.Log(v) {
			rate := d * v * mean / visitSpread
			n, sum := 0, r.ExpFloat64()
			for sum < rate {
				n++
				sum += r.ExpFloat64()
			}
			return n
		}
	}
}
