package bramble.args;

/** What stands as a component in a record of arguments: an argument, or another record of arguments. */
sealed interface Part permits Argument, Shape {}
