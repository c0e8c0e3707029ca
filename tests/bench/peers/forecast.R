# usage: Rscript forecast.R DIR RUN…
# R's forecast package on the runs that `wfm-bench forecast --dump DIR` wrote (tests/bench/forecast_dump.h).
# Every method sees what lies before the origin; dhrx the special days too.
#
# The methods get the open part of the week: weekdays and slots hardly ever observed are left out, so that a
# week is one season of `week` points and a day of `day`; what is missing in it takes the mean of up to four
# weeks before. CPU seconds are those of a fit and its forecast, data preparation left out.
suppressWarnings(suppressMessages(library(forecast)))

LEVELS <- c(0.025, 0.1, 0.5, 0.9, 0.975)
HARMONICS <- 60
OPEN_SHARE <- 0.1 # a weekday or slot observed less often is closed
REGRESSION_ROWS <- 60000 # of dhrx, at most: memory

# Counts are regressed as z = sqrt(y + 1/4).
back <- function(z) pmax(z, 0)^2
back_quantile <- function(z) pmax(pmax(z, 0)^2 - 0.25, 0)

# ---- data ----

read_run <- function(dir, run) {
    path <- function(what) file.path(dir, sprintf("%s.%s.csv", run, what))
    train <- read.csv(path("train"))
    test <- read.csv(path("test"))
    days <- read.csv(path("days"), colClasses = c(name = "character"))
    days$day <- as.Date(days$day)
    slots <- max(train$slot) + 1
    day <- as.Date(unique(train$day))
    y <- matrix(train$y, nrow = slots) # slots x days
    weekday <- as.integer(format(day, "%u"))
    seen <- !is.na(y)
    open_weekday <- (1:7)[sapply(1:7, function(w) mean(colSums(seen[, weekday == w, drop = FALSE]) > 0) >= OPEN_SHARE)]
    keep <- weekday %in% open_weekday & cumsum(colSums(seen)) > 0
    open_slot <- which(rowMeans(seen[, keep, drop = FALSE]) >= OPEN_SHARE)
    y <- y[open_slot, keep, drop = FALSE]
    ahead <- as.Date(unique(test$day))
    ahead <- ahead[as.integer(format(ahead, "%u")) %in% open_weekday]
    run <- list(day = length(open_slot), week = length(open_slot) * length(open_weekday),
                v = fill(as.vector(y), length(open_slot) * length(open_weekday)), seen = !is.na(as.vector(y)),
                dates = day[keep], ahead = ahead, days = days, h = length(ahead) * length(open_slot))
    # where each row of the test stands among the points ahead; NA = closed as far as the past tells
    run$at <- (match(test$day, as.character(ahead)) - 1) * run$day + match(test$slot + 1, open_slot)
    run
}

fill <- function(v, week) {
    for (i in which(is.na(v))) {
        before <- v[i - week * (1:4)[i > week * (1:4)]]
        v[i] <- if (any(!is.na(before))) mean(before, na.rm = TRUE) else NA
    }
    for (i in rev(which(is.na(v)))) v[i] <- if (i + week <= length(v)) v[i + week] else NA
    v[is.na(v)] <- mean(v, na.rm = TRUE)
    v
}

seasons <- function(run, v) {
    p <- unique(c(run$day, run$week))
    p <- p[p > 1 & p * 2 < length(v)]
    if (length(p) == 0) ts(v) else if (length(p) == 1) ts(v, frequency = p) else msts(v, p)
}

# A normal forecast at the five levels, from a forecast object with 80 and 95 % bands.
normal <- function(f) {
    sd <- (as.numeric(f$upper[, 2]) - as.numeric(f$lower[, 2])) / (2 * qnorm(0.975))
    list(mean = as.numeric(f$mean), q = sapply(LEVELS, function(p) as.numeric(f$mean) + sd * qnorm(p)))
}
counts <- function(f) list(mean = pmax(f$mean, 0), q = pmax(f$q, 0))
# The mean of y is z^2 + variance of z - 1/4; chance alone gives z about 1/4 but on queues of few contacts, and
# what is above that is the forecast's doubt, which would only lift the mean.
from_root <- function(f) {
    sd <- (f$q[, 4] - f$mean) / qnorm(0.9)
    list(mean = pmax(back(f$mean) + pmin(sd^2, 0.25) - 0.25, 0), q = back_quantile(f$q))
}

# ---- methods ----

m_snaive <- function(run) counts(normal(snaive(ts(run$v, frequency = run$week), h = run$h, level = c(80, 95))))

# Mean of the last four weeks; bands from the errors it would have made in the past.
m_mean4 <- function(run) {
    m <- run$week; n <- length(run$v); k <- min(4, n %/% m)
    past <- rowMeans(sapply(1:k, function(i) run$v[(n - i * m + 1):(n - i * m + m)]))
    mean <- rep(past, length.out = run$h)
    e <- if (n > k * m) {
        at <- (k * m + 1):n
        run$v[at] - rowMeans(sapply(1:k, function(i) run$v[at - i * m]))
    } else diff(run$v, lag = m)
    sd <- sqrt(mean(e^2))
    counts(list(mean = mean, q = sapply(LEVELS, function(p) mean + sd * qnorm(p))))
}

m_stlf <- function(run) counts(normal(stlf(seasons(run, run$v), h = run$h, method = "ets", level = c(80, 95))))
m_stlf_sqrt <- function(run) {
    z <- seasons(run, sqrt(run$v + 0.25))
    from_root(normal(stlf(z, h = run$h, method = "ets", level = c(80, 95))))
}

# Dynamic harmonic regression: least squares on harmonics of the week, errors by auto.arima.
waves <- function(run, at) {
    k <- min(HARMONICS, (run$week - 1) %/% 2)
    angle <- outer(at, 2 * pi * (1:k) / run$week)
    cbind(1, sin(angle), cos(angle))
}
regression <- function(run, weeks, columns) {
    n <- length(run$v)
    rows <- min(n, weeks * run$week, REGRESSION_ROWS)
    at <- (n - rows + 1):n
    ahead <- n + seq_len(run$h)
    z <- sqrt(run$v + 0.25)
    x <- waves(run, c(at, ahead))
    if (!is.null(columns)) x <- cbind(x, columns[c(at, ahead), , drop = FALSE])
    past <- seq_along(at)
    seen <- run$seen[at]
    fit <- .lm.fit(x[past, , drop = FALSE][seen, , drop = FALSE], z[at][seen])
    b <- numeric(ncol(x))
    b[fit$pivot[seq_len(fit$rank)]] <- fit$coefficients[seq_len(fit$rank)]
    said <- as.vector(x %*% b)
    e <- z[at] - said[past]
    e[!seen] <- NA
    arma <- auto.arima(ts(e), stationary = TRUE, seasonal = FALSE, max.p = 3, max.q = 2, approximation = TRUE)
    f <- normal(forecast(arma, h = run$h, level = c(80, 95)))
    from_root(list(mean = said[-past] + f$mean, q = said[-past] + f$q))
}
m_dhr <- function(run) regression(run, 26, NULL)

# The same with two years and what is known of the days, each column times the day's mean curve: feasts
# (together, and those of a name seen before), the days after and before one, the place in the month.
m_dhrx <- function(run) {
    dates <- c(run$dates, run$ahead)
    info <- run$days[match(dates, run$days$day), ]
    off <- run$days$holiday == 1 | run$days$closed == 1
    near <- function(shift) off[match(dates - shift, run$days$day)] & !off[match(dates, run$days$day)]
    dom <- as.integer(format(dates, "%d"))
    next_month <- as.integer(format(dates + 1, "%d")) == 1
    month_days <- as.integer(format(as.Date(format(dates + 31 - dom + 1, "%Y-%m-01")) - 1, "%d"))
    angle <- 2 * pi * (dom - 0.5) / month_days
    x <- cbind(holiday = info$holiday, event = info$event, after = near(1), before = near(-1),
               s1 = sin(angle), c1 = cos(angle), s2 = sin(2 * angle), c2 = cos(2 * angle),
               first = dom == 1, last = next_month)
    past <- seq_along(run$dates)
    window <- past > length(run$dates) - 104 * run$week / run$day
    named <- table(info$name[past][window & (info$holiday | info$event)[past]])
    for (name in names(named)[named >= NAMED_FROM]) x <- cbind(x, info$name == name)
    z <- matrix(sqrt(run$v + 0.25), nrow = run$day)
    curve <- rowMeans(z) / mean(z)
    columns <- apply(x, 2, function(column) as.vector(outer(curve, column)))
    regression(run, 104, columns)
}
NAMED_FROM <- 2 # once is too little for an effect of its own: it leans on the others

methods <- list(snaive = m_snaive, mean4 = m_mean4, stlf = m_stlf, stlf_sqrt = m_stlf_sqrt, dhr = m_dhr,
                dhrx = m_dhrx)
parts <- c("mean4", "stlf_sqrt", "dhr") # of comb3

# ---- run ----

write_run <- function(dir, run, name, results, cpu) {
    rows <- do.call(rbind, lapply(names(results), function(method) {
        q <- cbind(results[[method]]$mean, results[[method]]$q)[run$at, , drop = FALSE]
        q[is.na(q)] <- 0
        data.frame(method, signif(q, 8))
    }))
    names(rows) <- c("method", "mean", "q025", "q10", "q50", "q90", "q975")
    write.csv(rows, file.path(dir, paste0(name, ".r.pred.csv")), row.names = FALSE, quote = FALSE)
    write.csv(data.frame(method = names(cpu), cpu_s = unlist(cpu)), file.path(dir, paste0(name, ".r.cpu.csv")),
              row.names = FALSE, quote = FALSE)
}

arguments <- commandArgs(trailingOnly = TRUE)
for (name in arguments[-1]) {
    run <- read_run(arguments[1], name)
    results <- list(); cpu <- list()
    for (method in names(methods)) {
        before <- proc.time()
        result <- tryCatch(methods[[method]](run), error = function(e) {
            message(sprintf("forecast-peers: %s: R %s: %s", name, method, conditionMessage(e)))
            NULL
        })
        spent <- proc.time() - before
        if (is.null(result) || any(!is.finite(result$mean))) next
        results[[method]] <- result
        cpu[[method]] <- spent[["user.self"]] + spent[["sys.self"]]
    }
    if (all(parts %in% names(results))) {
        results$comb3 <- list(mean = Reduce(`+`, lapply(results[parts], `[[`, "mean")) / 3,
                              q = Reduce(`+`, lapply(results[parts], `[[`, "q")) / 3)
        cpu$comb3 <- Reduce(`+`, cpu[parts])
    }
    write_run(arguments[1], run, name, results, cpu)
}
