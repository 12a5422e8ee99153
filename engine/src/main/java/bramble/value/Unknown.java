package bramble.value;

/**
 * A value that only a real run would give. It travels through expressions: what is made of it is unknown too.
 *
 * @param why what would have to happen first
 */
public record Unknown(String why) implements Value {}
