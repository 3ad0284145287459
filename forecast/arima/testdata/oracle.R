# Writes the goldens of this folder: nice Rscript oracle.R
# R 4.2.2, forecast 8.20. The series are simulated here.
suppressMessages(library(forecast))
set.seed(4)
n <- 240
t <- 1:n
waves <- 20 * sin(2 * pi * t / 24) + 8 * cos(4 * pi * t / 24) + 5 * sin(2 * pi * t / 168)
series <- list(
  still = round(300 + waves + as.numeric(arima.sim(list(ar = c(0.7, 0.1), ma = 0.4), n, sd = 3)), 6),
  walk = round(1000 + cumsum(0.4 + as.numeric(arima.sim(list(ar = 0.5, ma = -0.2), n, sd = 2))), 6),
  holes = round(300 + waves + as.numeric(arima.sim(list(ar = 0.8), n, sd = 3)), 6),
  wandering = round(500 + cumsum(cumsum(as.numeric(arima.sim(list(ma = -0.7), n, sd = 0.5)))), 6))
series$holes[c(20, 21, 22, 90, 150:160)] <- NA
series$gaps <- series$walk
series$gaps[c(31, 70:75, 239)] <- NA
for (name in names(series)) write.csv(data.frame(y = series[[name]]), paste0(name, ".csv"), row.names = FALSE, na = "NaN")
cases <- list(
  list("still", c(2, 0, 1), c(24, 168), c(3, 2), TRUE),
  list("still", c(1, 0, 0), 24, 12, TRUE),
  list("still", c(0, 0, 2), c(24, 168), c(3, 2), TRUE),
  list("still", c(2, 0, 1), NULL, NULL, TRUE),
  list("walk", c(1, 1, 1), NULL, NULL, FALSE),
  list("walk", c(0, 1, 1), NULL, NULL, TRUE),
  list("walk", c(2, 1, 0), 24, 2, TRUE),
  list("wandering", c(0, 2, 1), NULL, NULL, FALSE),
  list("wandering", c(1, 2, 1), 24, 1, FALSE),
  list("holes", c(1, 0, 0), 24, 3, TRUE),
  list("holes", c(1, 0, 1), c(24, 168), c(3, 1), TRUE),
  list("gaps", c(1, 1, 1), NULL, NULL, FALSE),
  list("gaps", c(0, 1, 1), NULL, NULL, TRUE))
# With the default kappa of 1e6 the first point, y / 1000, counts among the residuals.
out <- NULL
for (case in cases) {
  name <- case[[1]]; order <- case[[2]]; period <- case[[3]]; K <- case[[4]]; constant <- case[[5]]
  y <- series[[name]]
  known <- future <- NULL
  if (!is.null(period)) {
    s <- if (length(period) == 1) ts(y, frequency = period) else msts(y, seasonal.periods = period)
    known <- fourier(s, K = K)
    future <- fourier(s, K = K, h = 48)
  }
  f <- Arima(y, order = order, xreg = known, include.constant = constant, method = "ML", kappa = 1e10, optim.control = list(reltol = 1e-14, maxit = 1000))
  fc <- forecast(f, h = 48, xreg = future, level = 95)
  ar <- ma <- rep(0, 5)
  b <- coef(f)
  for (i in 1:5) {
    if (paste0("ar", i) %in% names(b)) ar[i] <- b[[paste0("ar", i)]]
    if (paste0("ma", i) %in% names(b)) ma[i] <- b[[paste0("ma", i)]]
  }
  out <- rbind(out, data.frame(series = name, p = order[1], d = order[2], q = order[3], constant = constant,
    day = if (24 %in% period) K[1] else 0, week = if (168 %in% period) K[2] else 0,
    sigma2 = f$sigma2, loglik = f$loglik, aicc = f$aicc,
    t(setNames(signif(ar, 15), paste0("ar", 1:5))), t(setNames(signif(ma, 15), paste0("ma", 1:5))),
    t(setNames(signif(as.numeric(fc$mean), 15), paste0("mean", 1:48))),
    t(setNames(signif(((as.numeric(fc$upper) - as.numeric(fc$mean)) / qnorm(0.975))^2, 15), paste0("variance", 1:48)))))
}
write.csv(out, "models.csv", row.names = FALSE)
diffs <- data.frame(series = c("still", "walk", "wandering"), d = sapply(c("still", "walk", "wandering"), function(k) ndiffs(series[[k]])))
write.csv(diffs, "differences.csv", row.names = FALSE)
auto <- NULL
for (name in c("still", "walk", "wandering")) {
  f <- auto.arima(series[[name]], seasonal = FALSE, approximation = FALSE)
  o <- arimaorder(f)
  auto <- rbind(auto, data.frame(series = name, p = o[[1]], d = o[[2]], q = o[[3]], aicc = f$aicc))
}
write.csv(auto, "auto.csv", row.names = FALSE)
