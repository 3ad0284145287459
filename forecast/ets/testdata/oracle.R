# Writes the goldens of this folder: nice Rscript oracle.R
# R 4.2.2, forecast 8.20. The series are simulated here.
suppressMessages(library(forecast))
set.seed(2)
n <- 7 * 20 + 3
t <- seq_len(n)
level <- 300 + cumsum(rnorm(n, 0.3, 4))
week <- c(1.2, 1.15, 1.1, 1.0, 0.95, 0.85, 0.75)[(t - 1) %% 7 + 1]
y <- round(level * week + rnorm(n, 0, 8), 6)
write.csv(data.frame(y = y), "series.csv", row.names = FALSE)
# forecast() of 8.20 errs in two places, so these are asked of what it calls:
# without a trend the gamma of an additive season sits on the wrong state (G[3, 1],
# the season begins at 2 there): a trend of slope 0 and beta 0 puts it right;
# with a multiplicative season a damped slope enters undamped (l + b for l + phi b):
# phi b as the slope and phi beta as beta put it right.
moments <- function(f, h) {
  s <- f$states[nrow(f$states), ]
  par <- f$par
  k <- paste0(f$components[1:3], collapse = "")
  damped <- as.logical(f$components[4])
  if (k %in% c("ANA", "MNA")) {
    s <- c(s[1], b = 0, s[-1])
    par["beta"] <- 0
    k <- sub("N", "A", k)
  }
  if (k == "MAM" && damped) {
    s[2] <- s[2] * par["phi"]
    par["beta"] <- par["beta"] * par["phi"]
  }
  by <- if (substr(k, 1, 1) == "A") forecast:::class1 else if (substr(k, 3, 3) == "M") forecast:::class3 else forecast:::class2
  by(h, s, substr(k, 2, 2), substr(k, 3, 3), damped, f$m, f$sigma2, par)
}
out <- NULL
for (model in c("ANN", "AAN", "AAdN", "ANA", "AAA", "AAdA", "MNN", "MAN", "MAdN", "MNA", "MAdA", "MNM", "MAM", "MAdM")) {
  damped <- grepl("d", model)
  x <- ts(y, frequency = 7)
  f <- ets(x, sub("d", "", model), damped = damped)
  fc <- moments(f, 21)
  get <- function(k) if (k %in% names(f$par)) f$par[[k]] else 0
  s0 <- f$states[1, ]
  seasons <- if (substr(model, nchar(model), nchar(model)) == "N") rep(0, 7) else rev(s0[grep("^s", names(s0))])
  row <- c(alpha = get("alpha"), beta = get("beta"), gamma = get("gamma"), phi = get("phi"),
    level = s0[["l"]], slope = if ("b" %in% names(s0)) s0[["b"]] else 0, setNames(seasons, paste0("season", 0:6)),
    sigma2 = f$sigma2, loglik = f$loglik, aicc = f$aicc,
    setNames(fc$mu, paste0("mean", 1:21)), setNames(fc$var, paste0("variance", 1:21)))
  out <- rbind(out, data.frame(model = model, t(signif(row, 15))))
}
write.csv(out, "models.csv", row.names = FALSE)
