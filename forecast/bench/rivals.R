# Forecasts every row of IN by one method of R's forecast package, or by Prophet: Rscript rivals.R METHOD IN OUT STEPS SEASON...
# A row of IN is a history. A row of OUT is the CPU seconds of fit and forecast, the point of
# so many steps, then the paths of 0.025, 0.95 and 0.975; Prophet, for hours only, gives no 0.95.
args <- commandArgs(TRUE)
method <- args[1]
suppressMessages(library(if (method == "prophet") "prophet" else "forecast", character.only = TRUE))
h <- as.integer(args[4])
seasons <- as.integer(args[-(1:4)])
seasonal <- function(y) msts(y, seasons)
of <- function(f) c(f$mean, f$lower[, 2], f$upper[, 1], f$upper[, 2])
level <- c(90, 95)
run <- switch(method,
  "mstl+ets" = function(y) of(stlf(seasonal(y), h = h, level = level)),
  "mstl+arima" = function(y) of(stlf(seasonal(y), h = h, level = level, method = "arima")),
  "thetaf" = function(y) of(thetaf(na.interp(ts(y, frequency = seasons[1])), h = h, level = level)),
  "prophet" = function(y) {
    ds <- as.POSIXct("2000-01-03", tz = "UTC") + 3600 * (seq_len(length(y) + h) - 1)
    m <- suppressMessages(prophet(data.frame(ds = ds[seq_along(y)], y = y), interval.width = 0.95))
    f <- predict(m, data.frame(ds = ds[length(y) + seq_len(h)]))
    c(f$yhat, f$yhat_lower, rep(NA, h), f$yhat_upper)
  })
con <- file(args[2], "r")
out <- file(args[3], "w")
while (length(line <- readLines(con, n = 1)) > 0) {
  y <- as.numeric(strsplit(line, ",")[[1]])
  took <- sum(system.time(path <- run(y))[-3]) # all but elapsed
  writeLines(paste(c(took, path), collapse = ","), out)
}
close(out)
