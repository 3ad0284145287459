# Writes the goldens of this folder: nice Rscript oracle.R
# R 4.2.2, forecast 8.20. The series are simulated here.
suppressMessages(library(forecast))
set.seed(3)
series <- list(
  week = round(500 + 2 * (1:100) + c(60, 50, 30, 0, -10, -50, -80)[(0:99) %% 7 + 1] + rnorm(100, 0, 12), 6),
  month = round((300 + cumsum(rnorm(90, 1, 5))) * (1 + 0.2 * sin(2 * pi * (1:90) / 12)) + rnorm(90, 0, 4), 6),
  none = round(1000 + cumsum(rnorm(60, -2, 10)), 6),
  noise = round(200 + rnorm(80, 0, 5), 6))
period <- c(week = 7, month = 12, none = 7, noise = 1)
out <- NULL
for (name in names(series)) {
  y <- series[[name]]
  write.csv(data.frame(y = y), paste0(name, ".csv"), row.names = FALSE)
  f <- thetaf(ts(y, frequency = period[[name]]), h = 20)
  out <- rbind(out, data.frame(series = name, period = period[[name]], alpha = f$model$alpha, drift = f$model$drift,
    sigma2 = f$model$sigma, t(setNames(signif(as.numeric(f$mean), 15), paste0("mean", 1:20)))))
}
write.csv(out, "models.csv", row.names = FALSE)
