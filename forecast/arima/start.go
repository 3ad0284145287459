package arima

// start is Hannan and Rissanen's estimate as partial correlations: shocks from a
// long autoregression, then a regression on past values and shocks. All zero where
// that gives nothing stationary.
func start(w []float64, p, q int) []float64 {
	none := make([]float64, p+q)
	if p+q == 0 {
		return none
	}
	long := min(max(p, q)+10, len(w)/4)
	shocks := residuals(w, long)
	from := long + max(p, q)
	if shocks == nil || len(w)-from < 2*(p+q)+5 {
		return none
	}
	columns := make([][]float64, p+q)
	for i := range p {
		columns[i] = w[from-i-1 : len(w)-i-1]
	}
	for i := range q {
		columns[p+i] = shocks[from-i-1 : len(w)-i-1]
	}
	b, ok := least(columns, append([]float64(nil), w[from:]...))
	if !ok {
		return none
	}
	ar, okAR := partials(b[:p])
	ma, okMA := partials(negative(b[p:]))
	if !okAR || !okMA {
		return none
	}
	return append(ar, ma...)
}

// residuals of an autoregression of the order given, by Yule and Walker; zero for
// the first points. nil if w does not vary.
func residuals(w []float64, order int) []float64 {
	c := make([]float64, order+1)
	for lag := range c {
		for t := lag; t < len(w); t++ {
			c[lag] += w[t] * w[t-lag]
		}
	}
	if !(c[0] > 0) {
		return nil
	}
	partial := make([]float64, 0, order)
	v := c[0]
	for k := 1; k <= order; k++ {
		r := c[k]
		for i, f := range coefficients(partial) {
			r -= f * c[k-1-i]
		}
		r /= v
		partial = append(partial, r)
		v *= 1 - r*r
		if !(v > 0) {
			return nil
		}
	}
	phi := coefficients(partial)
	e := make([]float64, len(w))
	for t := order; t < len(w); t++ {
		e[t] = w[t]
		for i, f := range phi {
			e[t] -= f * w[t-1-i]
		}
	}
	return e
}

// difference takes (1-B)^d, with what is missing as no change.
func difference(y []float64, d int) []float64 {
	for range d {
		w := make([]float64, max(len(y)-1, 0))
		for i := range w {
			w[i] = y[i+1] - y[i]
		}
		y = w
	}
	w := append([]float64(nil), y...)
	for i, v := range w {
		if v != v {
			w[i] = 0
		}
	}
	return w
}
