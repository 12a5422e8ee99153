package bramble.template;

import bramble.value.Callable;

/** Something to call that takes undefined arguments as they are, as macros do. */
interface OpenCallable extends Callable {}
