# Writes the goldens of this folder: nice Rscript oracle.R
# R 4.2.2, forecast 8.20. The series are simulated here.
suppressMessages(library(forecast))
set.seed(1)
write <- function(name, ...) write.csv(data.frame(...), name, row.names = FALSE)
options(digits = 17)
n <- 24 * 28 + 5
t <- seq_len(n)
y <- 200 + 0.05 * t + 40 * sin(2 * pi * t / 24) + 15 * cos(4 * pi * t / 24) * (1 + t / n) +
  25 * sin(2 * pi * t / 168) + as.numeric(arima.sim(list(ar = 0.6), n, sd = 6))
y <- round(y, 6)
y[c(100, 101, 400)] <- y[c(100, 101, 400)] * 4
one <- function(name, ...) {
  f <- stl(ts(y, frequency = 24), ...)
  s <- f$time.series
  write(name, y = y, seasonal = as.numeric(s[, 1]), trend = as.numeric(s[, 2]), weights = f$weights)
}
one("periodic.csv", s.window = "periodic")
one("window7.csv", s.window = 7)
one("window13_trend49.csv", s.window = 13, t.window = 49)
one("robust.csv", s.window = 11, robust = TRUE)
one("robust_periodic.csv", s.window = "periodic", robust = TRUE)
m <- mstl(msts(y, seasonal.periods = c(24, 168)))
write("mstl.csv", y = y, trend = as.numeric(m[, "Trend"]), s24 = as.numeric(m[, "Seasonal24"]), s168 = as.numeric(m[, "Seasonal168"]))
m <- mstl(msts(y, seasonal.periods = c(24, 168)), robust = TRUE)
write("mstl_robust.csv", y = y, trend = as.numeric(m[, "Trend"]), s24 = as.numeric(m[, "Seasonal24"]), s168 = as.numeric(m[, "Seasonal168"]))
short <- y[1:17]
f <- stl(ts(short, frequency = 7), s.window = 7)
write("short.csv", y = short, seasonal = as.numeric(f$time.series[, 1]), trend = as.numeric(f$time.series[, 2]), weights = f$weights)
