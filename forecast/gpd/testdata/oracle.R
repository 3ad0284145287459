# Writes the goldens of this folder: nice Rscript oracle.R
# R 4.2.2, evd 2.3-6. The series is simulated here.
suppressMessages(library(evd))
set.seed(5)
n <- 3000
e <- rnorm(n)
y <- round(exp(0.5 * as.numeric(stats::filter(e, 0.7, "recursive"))), 6)
write.csv(data.frame(y = y), "series.csv", row.names = FALSE)
u <- round(quantile(y, 0.95)[[1]], 6)
out <- NULL
for (r in c(1, 6, 24)) {
  f <- fpot(y, u, cmax = TRUE, r = r, control = list(reltol = 1e-14, maxit = 2000))
  out <- rbind(out, data.frame(threshold = u, gap = r, clusters = f$nhigh, exceedances = sum(y > u),
    peaks = sum(clusters(y, u, r = r, cmax = TRUE)),
    scale = f$estimate[["scale"]], shape = f$estimate[["shape"]], loglik = -f$deviance / 2))
}
write.csv(format(out, digits = 15), "fpot.csv", row.names = FALSE, quote = FALSE)
d <- expand.grid(scale = c(0.5, 20), shape = c(-0.4, -1e-6, 0, 0.2, 1.5), p = c(0.01, 0.5, 0.99, 0.999999))
d$q <- mapply(function(p, s, k) qgpd(p, 0, s, k), d$p, d$scale, d$shape)
d$over <- mapply(function(q, s, k) pgpd(q * 0.9, 0, s, k, lower.tail = FALSE), d$q, d$scale, d$shape)
write.csv(format(d, digits = 15), "qgpd.csv", row.names = FALSE, quote = FALSE)
