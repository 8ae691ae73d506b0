# What a desk has to know of a labelled post that tells of a risk, complains, asks or wants:
# does its author need support, and is it of level 2, 3 or 4, or a higher one?
if (.label.risks | length) > 0 or (.label.intents | any(IN("complaint", "question", "request")))
then [.label | (if .support then "support" else empty end), (range(2; .level + 1) | tostring)]
else null end
